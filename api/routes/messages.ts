import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { type LedgerRecord, listMessages, readMessage } from '../../prisma/store/ledger.ts';
import { readSettlements } from '../../prisma/store/settlements.ts';
import type { RequestKey } from '../authentication.ts';
import { messageDetailOf, messageItem } from '../message-item.ts';
import { notFound } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { id, page } from '../schemas/common.ts';
import { messageDetail, messageList, messagesQuery } from '../schemas/message.ts';

export interface MessageRouteDeps {
  database: Database;
  /** Whether everybody who may read sees subject and body: in a rehearsal nothing leaves the machine. */
  showBodies: boolean;
}

const tag = 'messages';

/** The ledger: every message, sent or not, with the reason. */
export function messageRoutes(deps: MessageRouteDeps): Route[] {
  return [listRoute(deps), getRoute(deps)];
}

function listRoute(deps: MessageRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/messages',
    operationId: 'listMessages',
    summary: 'List the messages of the ledger, newest first',
    tag,
    scope: 'read',
    query: messagesQuery,
    responses: { 200: messageList },
    async handler({ query, key }) {
      const { limit, cursor = null, ...filter } = query;
      const withWords = seesWords(deps, key);
      const reading = { programIds: key.programIds, withWords, after: cursor, limit: limit + 1 };
      const rows = await listMessages(deps.database, filter, reading);
      const item = (row: LedgerRecord) => messageItem(row, withWords);
      return { status: 200, body: page(rows, limit, item, (row) => [row.acceptedAt.getTime(), row.id]) };
    },
  });
}

function getRoute(deps: MessageRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/messages/{id}',
    operationId: 'getMessage',
    summary: 'Read a message and the gates it met',
    tag,
    scope: 'read',
    params: z.strictObject({ id }),
    responses: { 200: messageDetail },
    async handler({ params, key }) {
      const withWords = seesWords(deps, key);
      const row = await readMessage(deps.database, params.id, { programIds: key.programIds, withWords });
      if (!row) throw notFound('There is no message with this id');
      const settlements = await readSettlements(deps.database, params.id);
      return { status: 200, body: messageDetailOf(row, settlements, withWords) };
    },
  });
}

function seesWords({ showBodies }: MessageRouteDeps, key: RequestKey): boolean {
  return showBodies || key.has('sensitive');
}
