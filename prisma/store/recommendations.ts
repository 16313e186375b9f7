import type { Classification } from '../../policy/mailbox/row.ts';
import { sayOfRecommendation } from '../../policy/request/recommend.ts';
import { requestsPolicyOf } from '../../policy/sections/requests.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import { lockProgram } from './pair-making.ts';
import type { ProgramLimit } from './people.ts';
import { type Said, writeSaysWith } from './say.ts';

/** Mentors whom staff recommend to mentees (R17). */

export interface RecommendationItem {
  menteeId: string;
  /** The best first. */
  mentorIds: string[];
}

export type Recommending =
  | { outcome: 'stored' }
  | { outcome: 'pushed'; mailed: string[]; shards: Said['shards'] }
  | { outcome: 'no_program' }
  /** More mentors than the program recommends to one mentee, by the position of the item. */
  | { outcome: 'too_many'; items: number[]; limit: number }
  /** People who do not exist for the caller, by position of the item and, for a mentor, in its list. */
  | { outcome: 'unknown'; people: Array<{ item: number; mentor: number | null }> };

interface Caller {
  programIds: ProgramLimit;
  now: Instant;
}

/** Replaces what is recommended to one mentee, and tells nobody. */
export function putRecommendations(
  database: Database,
  programId: string,
  item: RecommendationItem,
  caller: Caller,
): Promise<Recommending> {
  return database.$transaction(async (on) => {
    const fault = await faultOf(on, programId, [item], caller);
    if (fault.outcome !== 'sound') return fault;
    const sql = `
      insert into recommendations (program_id, mentee_id, mentor_ids, pushed_ids, pushes) values ($1, $2, $3::text[], '{}', 0)
      on conflict (program_id, mentee_id) do update set mentor_ids = excluded.mentor_ids`;
    await execute(on, sql, programId, item.menteeId, item.mentorIds);
    return { outcome: 'stored' };
  });
}

/** Of several pushes of one mentee the list that was pushed last counts: the same again mails nobody. */
const pushSql = `
  insert into recommendations as r (program_id, mentee_id, mentor_ids, pushed_ids, pushed_at, pushes)
  select $1, g."menteeId", list.ids, list.ids, $3::timestamptz, 1
  from jsonb_to_recordset($2::jsonb) as g("menteeId" text, "mentorIds" jsonb)
  cross join lateral (select array(select jsonb_array_elements_text(g."mentorIds")) as ids) list
  order by g."menteeId"
  on conflict (program_id, mentee_id) do update set mentor_ids = excluded.mentor_ids,
    pushed_at = case when r.pushed_ids = excluded.pushed_ids then r.pushed_at else excluded.pushed_at end,
    pushes = r.pushes + case when r.pushed_ids = excluded.pushed_ids then 0 else 1 end,
    pushed_ids = excluded.pushed_ids
  returning mentee_id as "menteeId", mentor_ids as "mentorIds", pushes as push, pushed_at = $3::timestamptz as mailed`;

/**
 * Stores what is recommended to many mentees and mails each whose list differs from the one pushed last. One transaction:
 * either everything is pushed or nothing. The dispatchers named in the answer are to be nudged.
 */
export function pushRecommendations(
  database: Database,
  programId: string,
  items: RecommendationItem[],
  caller: Caller,
  classify: (template: string) => Classification,
): Promise<Recommending> {
  return database.$transaction(async (on) => {
    const fault = await faultOf(on, programId, items, caller);
    if (fault.outcome !== 'sound') return fault;
    const rows = await queryRows<RecommendationItem & { push: number; mailed: boolean }>(
      on,
      pushSql,
      programId,
      JSON.stringify(items),
      new Date(caller.now),
    );
    const { version: policyVersion, document } = fault.program;
    const { zone, policy } = document;
    const terms = { programId, zone, policyVersion, gatherMinutes: policy.messaging.gatherMinutes };
    const fresh = rows.filter(({ mailed }) => mailed);
    const says = fresh.map((row) => sayOfRecommendation({ ...row, ...terms }, caller.now));
    const said = says.length > 0 ? await writeSaysWith(on, says, classify) : [];
    const mailed = fresh.map(({ menteeId }) => menteeId);
    return { outcome: 'pushed', mailed, shards: [...new Set(said.flatMap(({ shards }) => shards))] };
  });
}

type Fault = Exclude<Recommending, { outcome: 'stored' | 'pushed' }>;
type Program = NonNullable<Awaited<ReturnType<typeof lockProgram>>>;

async function faultOf(
  on: Transaction,
  programId: string,
  items: RecommendationItem[],
  { programIds }: Caller,
): Promise<Fault | { outcome: 'sound'; program: Program }> {
  const program = await lockProgram(on, programId, programIds);
  if (!program) return { outcome: 'no_program' };
  const { recommendations: limit } = requestsPolicyOf(program.document.policy);
  const tooMany = items.flatMap(({ mentorIds }, index) => (mentorIds.length > limit ? [index] : []));
  if (tooMany.length > 0) return { outcome: 'too_many', items: tooMany, limit };
  const ids = [...new Set(items.flatMap(({ menteeId, mentorIds }) => [menteeId, ...mentorIds]))];
  const known = await knownPeople(on, ids, programIds);
  const people = items.flatMap(({ menteeId, mentorIds }, item) => [
    ...(known.has(menteeId) ? [] : [{ item, mentor: null }]),
    ...mentorIds.flatMap((id, mentor) => (known.has(id) ? [] : [{ item, mentor }])),
  ]);
  return people.length > 0 ? { outcome: 'unknown', people } : { outcome: 'sound', program };
}

async function knownPeople(on: Queryable, ids: string[], programIds: ProgramLimit): Promise<Set<string>> {
  const sql = `
    select id from people where id = any($1::text[]) and removed_at is null and erased_at is null
      and ($2::text[] is null or exists (
        select from enrolments e where e.person_id = people.id and e.program_id = any($2::text[])))`;
  return new Set((await queryRows<{ id: string }>(on, sql, ids, programIds)).map(({ id }) => id));
}

/** What is recommended to a mentee, by program. */
export function readRecommendations(
  on: Queryable,
  menteeId: string,
  programIds: ProgramLimit,
): Promise<Array<{ programId: string; mentorIds: string[]; pushedAt: Date | null }>> {
  const sql = `
    select program_id as "programId", mentor_ids as "mentorIds", pushed_at as "pushedAt" from recommendations
    where mentee_id = $1 and ($2::text[] is null or program_id = any($2::text[])) order by program_id`;
  return queryRows(on, sql, menteeId, programIds);
}
