import type { SendOutcome } from '../../policy/delivery/consequences.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows } from '../database.ts';
import type { ProgramLimit } from './people.ts';
import type { Consequences } from './send-consequences.ts';
import { recordOutcomesIn } from './send-outcomes.ts';

/** Staff's hand on sends that no provider could tell about: they stay `unknown` until a person says what became of them. */

/** It arrived; it did not, and goes back to be sent; it did not, and is given up. */
export type SettlementOutcome = 'sent' | 'notSent' | 'drop';

export interface Settlement {
  outcome: SettlementOutcome;
  /** Person id of who says so. */
  by: string;
  note: string | null;
}

export interface SettlementRecord extends Settlement {
  at: Date;
}

export type Settling =
  | { outcome: 'settled' }
  | { outcome: 'hidden' }
  /** It is not unknown, or no more: what settled it first counts. */
  | { outcome: 'not_unknown'; state: string };

const outcomes: Record<SettlementOutcome, (now: Instant) => SendOutcome> = {
  sent: () => ({ kind: 'accepted', providerId: null }),
  notSent: (now) => ({ kind: 'not_sent', code: 'settled_by_staff', retryAt: now, counts: false }),
  drop: () => ({ kind: 'failed', code: 'dropped_by_staff', alert: false }),
};

/**
 * Settles the send of an unknown message, and with it every message that travelled along. One transaction; of staff and
 * the automatic settling, and of two who settle at once, the first wins.
 */
export function settleByStaff(
  database: Database,
  messageId: string,
  settlement: Settlement,
  caller: { programIds: ProgramLimit; now: Instant } & Consequences,
): Promise<Settling> {
  const { programIds, now, classify } = caller;
  return database.$transaction(async (tx) => {
    const found = await readState(tx, messageId, programIds);
    if (!found) return { outcome: 'hidden' };
    const { state, sendId } = found;
    if (state !== 'unknown' || sendId === null) return { outcome: 'not_unknown', state };
    const outcome = outcomes[settlement.outcome](now);
    const ended = await recordOutcomesIn(tx, [{ id: sendId, outcome }], now, { classify });
    if (ended.length === 0)
      return { outcome: 'not_unknown', state: (await readState(tx, messageId, null))?.state ?? '' };
    await writeSettlement(tx, sendId, settlement, now);
    return { outcome: 'settled' };
  });
}

async function readState(
  on: Queryable,
  messageId: string,
  programIds: ProgramLimit,
): Promise<{ state: string; sendId: string | null } | null> {
  const sql = `
    select state, send_id as "sendId" from messages
    where id = $1 and ($2::text[] is null or program_id = any($2::text[]))`;
  const [found] = await queryRows<{ state: string; sendId: string | null }>(on, sql, messageId, programIds);
  return found ?? null;
}

/** The last word counts where a send was open again; what staff give up was refused by no provider. */
async function writeSettlement(on: Queryable, sendId: string, settlement: Settlement, now: Instant): Promise<void> {
  const { outcome, by, note } = settlement;
  const sql = `
    insert into settlements (send_id, outcome, by_person_id, note, at) values ($1, $2, $3, $4, $5)
    on conflict (send_id) do update set outcome = excluded.outcome, by_person_id = excluded.by_person_id,
      note = excluded.note, at = excluded.at`;
  await execute(on, sql, sendId, outcome, by, note, new Date(now));
  if (outcome === 'drop') await execute(on, `update messages set reason = 'withdrawn' where send_id = $1`, sendId);
}

/** What staff said of the sends of a message, oldest first. */
export function readSettlements(on: Queryable, messageId: string): Promise<SettlementRecord[]> {
  const sql = `
    select t.outcome, t.by_person_id as by, t.note, t.at from settlements t join sends s on s.id = t.send_id
    where s.message_ids @> array[$1::text] order by t.at`;
  return queryRows(on, sql, messageId);
}
