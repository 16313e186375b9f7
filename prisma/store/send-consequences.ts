import type { SendOutcome } from '../../policy/delivery/consequences.ts';
import type { Classification } from '../../policy/mailbox/row.ts';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import { limitChannel, parkChannel } from './channels.ts';
import { openStaffTask, tellOperations } from './staff-tasks.ts';
import { suppressAll } from './suppressions.ts';

/** What outcomes mean beyond their messages: an address is suppressed, a channel closed, a person asked (M10). */

export interface Consequences {
  /** The class of a template, for what is said to staff. */
  classify: (template: string) => Classification;
}

interface ConcernedSend {
  id: string;
  provider: string;
  channel: Channel;
  address: string | null;
  program_id: string;
  template: string;
  message_id: string;
  pair_ids: string[];
  claimed_at: Date;
}

/** Carries out what each outcome means for others, inside the transaction that records it. */
export async function carryOutConsequences(
  on: Queryable,
  outcomes: Array<{ id: string; outcome: SendOutcome }>,
  now: Instant,
  deps: Consequences,
): Promise<void> {
  const sends = await readConcerned(
    on,
    outcomes.map((one) => one.id),
  );
  const concerned = outcomes.flatMap(({ id, outcome }) => {
    const send = sends.get(id);
    return send ? [{ send, outcome }] : [];
  });
  const suppressed = concerned.flatMap(({ send: { channel, address }, outcome }) =>
    outcome.kind === 'not_sent' && outcome.suppress && address !== null
      ? [{ channel, address, ...outcome.suppress }]
      : [],
  );
  await suppressAll(on, suppressed, now);
  for (const { send, outcome } of oncePerCause(concerned)) {
    if (outcome.kind === 'failed') await askPerson(on, send, outcome.code, now, deps);
    if (outcome.kind !== 'not_sent') continue;
    if (outcome.park) await park(on, send, outcome.code, now, deps);
    if (outcome.limitedUntil) await limitChannel(on, send.provider, outcome.limitedUntil);
  }
}

/** Many sends that end alike are one task and one closed channel. */
function oncePerCause<T extends { send: ConcernedSend; outcome: SendOutcome }>(concerned: T[]): T[] {
  const causeOf = ({ send, outcome }: T) => {
    const code = outcome.kind === 'accepted' ? '' : outcome.code;
    const until = outcome.kind === 'not_sent' ? outcome.limitedUntil : undefined;
    return [outcome.kind, send.program_id, send.provider, code, until].join('/');
  };
  return [...new Map(concerned.map((one) => [causeOf(one), one])).values()];
}

async function readConcerned(on: Queryable, ids: string[]): Promise<Map<string, ConcernedSend>> {
  const rows = await queryRows<ConcernedSend>(
    on,
    `select s.id, s.provider, s.channel, s.address, s.claimed_at, m.program_id, m.template, m.id as message_id, m.pair_ids
     from sends s join messages m on m.id = s.message_ids[1] where s.id = any($1::text[])`,
    ids,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** One alert for each time that a channel is parked, over the other channel where there is one. */
async function park(
  on: Queryable,
  send: ConcernedSend,
  code: string,
  now: Instant,
  { classify }: Consequences,
): Promise<void> {
  if (!(await parkChannel(on, send.provider, code, now, send.claimed_at.getTime()))) return;
  const key = `channel-parked/${send.provider}/${now}`;
  const fields = { channel: send.channel, provider: send.provider, code, since: now };
  const channel = send.channel === 'email' ? 'sms' : 'email';
  const message = { template: 'channel-parked', channel, classification: classify('channel-parked') } as const;
  await tellOperations(on, key, fields, message, now);
}

/** What only a person can put right: one task for each program, provider and code. */
async function askPerson(
  on: Queryable,
  send: ConcernedSend,
  code: string,
  now: Instant,
  { classify }: Consequences,
): Promise<void> {
  const { provider, program_id: programId, template, message_id: messageId, pair_ids: pairIds } = send;
  const fields = { reason: 'send_failed', subject: messageId, provider, code, template };
  const message = { template: 'task', channel: 'email', classification: classify('task') } as const;
  const key = `send-failed/${programId}/${provider}/${code}`;
  const because = { rule: 'M10', facts: [] };
  await openStaffTask(
    on,
    { key, kind: 'task', programId, pairIds, personId: null, reason: 'send_failed', fields, because, message },
    now,
  );
}
