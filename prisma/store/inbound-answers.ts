import { codedAnswer } from '../../policy/coded-answer.ts';
import { type AskedCheckIn, answerByText } from '../../policy/delivery/check-in-reply.ts';
import type { Reading } from '../../policy/delivery/reply.ts';
import { addDays, DAY, dateOf, type Instant } from '../../policy/time.ts';
import { execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import { recordEntries } from './journal.ts';
import { safetyKeywords } from './safety-keywords.ts';
import { takenEntry } from './taken-answers.ts';

/** Texts that answer a check-in (K3). */

export interface TextedAnswer {
  programId: string;
  /** The words may tell of danger: the pair opens the case (K6). */
  urgent: boolean;
}

/** No window reaches further from its due day. */
const windowDaysAtMost = 31;

/**
 * The questions of check-ins that went out to somebody and may be open. What is being handed over counts as sent until the
 * opposite is known, and what travelled with another message has gone with it.
 */
function askedOf(on: Queryable, personId: string, now: Instant): Promise<AskedCheckIn[]> {
  const sql = `
    select r.pair_id as "pairId", r.program_id as "programId", r.data as record
    from pair_records r
    where r.person_id = $1 and r.kind = 'check-in' and r.day between $2 and $3
      and exists (
        select from messages m
        where m.person_id = $1 and m.template = 'check-in' and m.fields->>'checkInId' = r.data->>'id'
          and (m.state in ('sending', 'sent', 'unknown') or m.state = 'skipped' and m.reason = 'merged'))
    order by r.day, r.pair_id`;
  const first = addDays(dateOf(now - DAY, 'Etc/UTC'), -windowDaysAtMost);
  const last = addDays(dateOf(now + DAY, 'Etc/UTC'), windowDaysAtMost);
  return queryRows(on, sql, personId, first, last);
}

/** Takes a text as the answer to the one check-in that it can mean; null where staff are to read it. */
export async function takeAnswerIn(
  tx: Transaction,
  { id, body, reading }: { id: string; body: string; reading: string },
  people: string[],
  now: Instant,
): Promise<TextedAnswer | null> {
  const [personId] = people;
  if (reading !== 'other' || personId === undefined) return null;
  const text = { body, reading: reading as Reading, people: people.length };
  const answer = answerByText(text, await askedOf(tx, personId, now), now);
  if (!answer) return null;
  const { pairId, programId } = answer.checkIn;
  const keywords = (await safetyKeywords(tx, [pairId])).get(pairId) ?? 'standard';
  const entry = takenEntry({
    pairId,
    by: 'text',
    key: id,
    digest: '',
    occurredAt: now,
    receivedAt: now,
    history: false,
    answer: codedAnswer('checkin.recorded', answer.given, keywords),
  });
  await recordEntries(tx, [entry], null);
  await execute(tx, `update inbound_messages set reading = 'check_in' where id = $1`, id);
  return { programId, urgent: entry.urgent };
}
