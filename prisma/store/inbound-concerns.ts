import type { Classification } from '../../policy/mailbox/row.ts';
import { codedWords, type SafetyKeywords } from '../../policy/safety.ts';
import { HOUR, type Instant, toRfc3339 } from '../../policy/time.ts';
import { queryRows, type Transaction } from '../database.ts';
import { type Concern, onePairOf, openConcern } from './safety-cases.ts';
import { tellOperations } from './staff-tasks.ts';

/** Danger in texts that come in (K6), whatever else they are read as. */

/** Somebody with the number, in a program in which they take part. */
interface Writer {
  personId: string;
  programId: string;
  role: string;
}

/**
 * Opens a safety case in each program in which the words of a text may tell of danger. Staff are those who are called: what
 * they text opens none. Answers whether somebody is to be called.
 */
export async function openConcernsIn(
  tx: Transaction,
  { id, body }: { id: string; body: string },
  places: Writer[],
  now: Instant,
): Promise<boolean> {
  const writers = places.filter(({ role }) => role !== 'staff');
  const keywords = await keywordsOf(tx, [...new Set(writers.map(({ programId }) => programId))]);
  let called = false;
  for (const [programId, own] of keywords) {
    const code = codedWords({ body }, own).keyword;
    if (code === undefined) continue;
    const people = [...new Set(writers.filter((writer) => writer.programId === programId).map((one) => one.personId))];
    const about = await whomAbout(tx, people, programId);
    for (const whom of about)
      called = (await openConcern(tx, { ...whom, programId, code, ref: id, text: null, now })) || called;
  }
  return called;
}

/** Programs in the order of their ids, so that two texts never wait for each other in a circle. */
async function keywordsOf(tx: Transaction, programIds: string[]): Promise<Map<string, SafetyKeywords>> {
  if (programIds.length === 0) return new Map();
  const sql = `
    select p.id, v.document#>'{policy,safety,keywords}' as keywords from programs p
    join program_versions v on v.program_id = p.id and v.version = p.version where p.id = any($1::text[]) order by p.id`;
  const rows = await queryRows<{ id: string; keywords: SafetyKeywords }>(tx, sql, programIds);
  return new Map(rows.map(({ id, keywords }) => [id, keywords]));
}

/** One case about the pair that all who share the number are in; where there is no such pair, one about each person. */
async function whomAbout(
  tx: Transaction,
  people: string[],
  programId: string,
): Promise<Array<Pick<Concern, 'personId' | 'pairId'>>> {
  const pairs: Array<string | null> = [];
  for (const personId of people) pairs.push(await onePairOf(tx, personId, programId));
  const [first] = pairs;
  const shared = first && pairs.every((pairId) => pairId === first) ? first : null;
  if (shared !== null) return [{ personId: people.length === 1 ? (people[0] as string) : null, pairId: shared }];
  return people.map((personId, index) => ({ personId, pairId: pairs[index] ?? null }));
}

/** Danger in a text of somebody whom no program knows: operations everywhere are told, once an hour at most. */
export async function tellOfStranger(
  tx: Transaction,
  { id, body }: { id: string; body: string },
  classification: Classification,
  now: Instant,
): Promise<boolean> {
  if (codedWords({ body }, 'standard').keyword === undefined) return false;
  const key = `inbound-safety/${toRfc3339(Math.floor(now / HOUR) * HOUR)}`;
  const fields = { reason: 'safety_text_of_stranger', subject: id };
  return (
    (await tellOperations(tx, key, fields, { template: 'task', channel: 'email', classification }, now, {
      rule: 'K6',
    })) > 0
  );
}
