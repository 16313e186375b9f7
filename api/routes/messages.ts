import { z } from 'zod';
import { broadcastOwner } from '../../policy/broadcast/broadcast.ts';
import { withoutAnswerLinks } from '../../policy/delivery/answer-link.ts';
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
      const { limit, cursor = null, broadcastId, ...given } = query;
      const filter = broadcastId === undefined ? given : { ...given, owner: broadcastOwner(broadcastId) };
      const withWords = seesWords(deps, key);
      const reading = {
        programIds: key.programIds,
        withWords,
        safety: key.has('sensitive'),
        after: cursor,
        limit: limit + 1,
      };
      const rows = await listMessages(deps.database, filter, reading);
      const item = (row: LedgerRecord) => messageItem(shown(row, deps), withWords);
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
      const reading = { programIds: key.programIds, withWords, safety: key.has('sensitive') };
      const row = await readMessage(deps.database, params.id, reading);
      if (!row) throw notFound('There is no message with this id');
      const settlements = await readSettlements(deps.database, params.id);
      return { status: 200, body: messageDetailOf(shown(row, deps), settlements, withWords) };
    },
  });
}

/** Whoever reads the ledger cannot answer for the person who was asked (M7); in a rehearsal they are meant to. */
function shown(row: LedgerRecord, { showBodies }: MessageRouteDeps): LedgerRecord {
  return showBodies || row.body === null ? row : { ...row, body: withoutAnswerLinks(row.body) };
}

function seesWords({ showBodies }: MessageRouteDeps, key: RequestKey): boolean {
  return showBodies || key.has('sensitive');
}
