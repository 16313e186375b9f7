import { z } from 'zod';
import type { Database } from '../../prisma/database.ts';
import { readMessage } from '../../prisma/store/ledger.ts';
import { readSettlements, settleByStaff } from '../../prisma/store/settlements.ts';
import type { Clock } from '../../runtime/clock.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import type { RequestKey } from '../authentication.ts';
import { messageDetailOf } from '../message-item.ts';
import { conflict, notFound, type Problem } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { id } from '../schemas/common.ts';
import { messageDetail, settleInput } from '../schemas/message.ts';

export interface SettleRouteDeps {
  database: Database;
  clock: Clock;
  /** Wakes a dispatcher after rows went back to be sent. */
  nudge: (shard: DispatchShard) => Promise<void>;
}

/** What became of a message that no provider can tell about is for a person to say (M9). */
export function settleRoutes(deps: SettleRouteDeps): Route[] {
  const { database, clock, nudge } = deps;
  const settle = route({
    method: 'post',
    path: '/v1/messages/{id}:settle',
    operationId: 'settleMessage',
    summary: 'Say what became of a message that is unknown',
    description:
      'It is settled with every message that travelled along. `notSent` hands it over again, so be sure of it. ' +
      'A message that is not unknown, or no more, is 409 `not_unknown`.',
    tag: 'messages',
    scope: 'command',
    idempotent: true,
    params: z.strictObject({ id }),
    body: settleInput,
    responses: { 200: messageDetail },
    async handler({ params, body, key }) {
      const { outcome, by, note = null } = body;
      const caller = { programIds: key.programIds, now: await clock.now(), classify: classOf };
      const settling = await settleByStaff(database, params.id, { outcome, by, note }, caller);
      if (settling.outcome === 'hidden') throw noMessage();
      if (settling.outcome === 'not_unknown') {
        const { state } = settling;
        throw conflict('not_unknown', `The message is ${state}: only an unknown one is settled by hand`, { state });
      }
      // What a nudge misses the relay makes good.
      for (const shard of ['people', 'urgent'] as const) nudge(shard).catch(() => undefined);
      return { status: 200, body: await seen(database, params.id, key) };
    },
  });
  return [settle];
}

const classOf = (template: string) => classify(template as TemplateKey);

/** Without its words: an answer under an Idempotency-Key is stored. */
async function seen(database: Database, messageId: string, key: RequestKey) {
  const row = await readMessage(database, messageId, {
    programIds: key.programIds,
    withWords: false,
    safety: key.has('sensitive'),
  });
  if (!row) throw noMessage();
  return messageDetailOf(row, await readSettlements(database, messageId), false);
}

function noMessage(): Problem {
  return notFound('There is no message with this id');
}
