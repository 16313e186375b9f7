import type { Database } from '../../prisma/database.ts';
import { type InboundRecord, listInbound } from '../../prisma/store/inbound-reading.ts';
import { type Route, route } from '../route.ts';
import { page } from '../schemas/common.ts';
import { inboundMessageList, inboundMessagesQuery } from '../schemas/inbound-message.ts';

/** What people wrote back, for staff to read. */
export function inboundMessageRoutes({ database }: { database: Database }): Route[] {
  const list = route({
    method: 'get',
    path: '/v1/inbound-messages',
    operationId: 'listInboundMessages',
    summary: 'List what people wrote back, newest first',
    tag: 'messages',
    scope: 'sensitive',
    query: inboundMessagesQuery,
    responses: { 200: inboundMessageList },
    async handler({ query, key }) {
      const { limit, cursor = null, ...filter } = query;
      const reading = { programIds: key.programIds, after: cursor, limit: limit + 1 };
      const rows = await listInbound(database, filter, reading);
      const item = (row: InboundRecord) => ({ ...row, receivedAt: row.receivedAt.toISOString() });
      return { status: 200, body: page(rows, limit, item, (row) => [row.receivedAt.getTime(), row.id]) };
    },
  });
  return [list];
}
