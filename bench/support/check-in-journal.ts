import type { SimulationInput } from '../../policy/simulate/documents.ts';
import type { SimulationResult } from '../../policy/simulate.ts';
import { type Database, execute, queryRows } from '../../prisma/database.ts';
import { zone } from './check-in-term.ts';

/** A simulated term in the database, as the live system would have written it; and what its raw facts alone come to. */

const rowsAtOnce = 5000;

async function inParts<T>(rows: T[], write: (part: string) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    await write(JSON.stringify(rows.slice(from, from + rowsAtOnce)));
  }
}

/** People, pairs, the journal with every event of them, and what the pairs told reports. */
export async function writeTerm(
  database: Database,
  programId: string,
  { people, events }: SimulationInput,
  { pairs, records }: SimulationResult,
): Promise<void> {
  await inParts(people, (part) =>
    execute(
      database,
      `insert into people (id, version, name, email, is_minor, guardian_id, available, created_at, updated_at)
       select id, 1, name, email, coalesce("isMinor", false), "guardianId", true, 'epoch', 'epoch'
       from jsonb_to_recordset($1::jsonb) as p(id text, name text, email text, "isMinor" boolean, "guardianId" text)`,
      part,
    ),
  );
  await inParts(
    pairs.map(({ id, owner, ctx }) => ({ ...ctx, id, owner, state: ctx.closed ? 'closed' : 'active' })),
    (part) =>
      execute(
        database,
        `insert into pairs (id, owner, program_id, mentor_id, mentee_id, staff, history, coordinator_id, matched_at, created_at,
           state, policy_version)
         select id, owner, $2, "mentorId", "menteeId", '{}', '{}', 'coord', to_timestamp("matchedAt" / 1000.0),
           to_timestamp("matchedAt" / 1000.0), state, 1
         from jsonb_to_recordset($1::jsonb) as p(id text, owner text, "mentorId" text, "menteeId" text, "matchedAt" bigint,
           state text)`,
        part,
        programId,
      ),
  );
  await inParts(events, (part) =>
    execute(
      database,
      `insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
         history, urgent, data, state)
       select source, id, '', id, substring(type from 8), subject, 'pair:' || $2 || ':' || subject, $2, subject, time, time, false,
         false, data, 'applied'
       from jsonb_to_recordset($1::jsonb) as e(source text, id text, type text, subject text, time timestamptz, data jsonb)`,
      part,
      programId,
    ),
  );
  await inParts(records, (part) =>
    execute(
      database,
      `insert into pair_records (pair_id, kind, key, program_id, person_id, day, data)
       select "pairId", kind, key, $2, "personId", day, data
       from jsonb_to_recordset($1::jsonb) as r("pairId" text, kind text, key text, "personId" text, day text, data jsonb)`,
      part,
      programId,
    ),
  );
  for (const table of ['people', 'pairs', 'journal', 'pair_records']) await execute(database, `analyze ${table}`);
}

export interface Recount {
  made: number;
  late: number;
  missed: number;
  excused: number;
}

/**
 * Counts what was due until a day, and what became of it, from matches, pauses, ends and contacts on the journal alone: the
 * standard (7 and 21 days after the match, then monthly; 5 days to each side) written once more, in another language.
 * Contacts are gone through in their order, each satisfying the first open window that it falls into; who was to be asked (at
 * 09:00 two days before) or was due in a pause is excused.
 */
export async function recount(database: Database, programId: string, dueUntil: string): Promise<Recount> {
  const sql = 'select id from pairs where program_id = $1 order by id';
  const ids = (await queryRows<{ id: string }>(database, sql, programId)).map(({ id }) => id);
  const total: Recount = { made: 0, late: 0, missed: 0, excused: 0 };
  // In parts: a statement may take 15 s.
  for (let from = 0; from < ids.length; from += 100) {
    const some = await recountOf(database, ids.slice(from, from + 100), dueUntil);
    for (const name of Object.keys(total) as Array<keyof Recount>) total[name] += some[name];
  }
  return total;
}

async function recountOf(database: Database, pairIds: string[], dueUntil: string): Promise<Recount> {
  const [counted] = await queryRows<Recount>(
    database,
    `with recursive fact as materialized (
       select pair_id, type, occurred_at, received_at, ref, data from journal where pair_id = any($1::text[])
     ), ended as materialized (
       select pair_id, min(received_at) as at from fact where type = 'pair.closed' group by pair_id
     ), paused as materialized (
       select pair_id, received_at as since, (data->>'until')::timestamptz as until from fact where type = 'pair.paused'
     ), pair as materialized (
       select p.id, (p.matched_at at time zone $2)::date as matched_on, m.guardian_id is not null as guarded,
         (select at from ended e where e.pair_id = p.id) as closed_at
       from pairs p join people m on m.id = p.mentee_id where p.id = any($1::text[])
     ), due as materialized (
       select p.id, array_agg(d.due order by d.due) as days
       from pair p cross join lateral (
         select p.matched_on + n as due from unnest(array[7, 21]) n
         union
         select (p.matched_on + make_interval(months => n))::date from generate_series(1, 30) n) d
       where p.closed_at is null or (d.due + 1)::timestamp at time zone $2 <= p.closed_at
       group by p.id
     ), contact as materialized (
       select pair_id as id, data->>'respondent' as respondent, (occurred_at at time zone $2)::date as day,
         row_number() over (partition by pair_id, data->>'respondent' order by occurred_at, ref) as n
       from fact where type = 'checkin.recorded'
     ), walk as (
       select d.id, r.respondent, d.days, 0::bigint as n, '{}'::date[] as made, '{}'::date[] as late
       from due d join pair p on p.id = d.id
       cross join unnest(case when p.guarded then array['mentor', 'mentee', 'guardian'] else array['mentor', 'mentee'] end)
         as r(respondent)
       union all
       select w.id, w.respondent, w.days, c.n, case when hit.rank = 0 then w.made || hit.due else w.made end,
         case when hit.rank = 1 then w.late || hit.due else w.late end
       from walk w
       join contact c on c.id = w.id and c.respondent = w.respondent and c.n = w.n + 1
       left join lateral (
         select u.due, case when c.day <= u.due + 5 then 0 else 1 end as rank
         from unnest(w.days) with ordinality as u(due, i)
         where not u.due = any(w.made || w.late) and c.day >= u.due - 5
           and (c.day <= u.due + 5 or w.days[u.i + 1] is null or c.day < w.days[u.i + 1] - 5)
         order by rank, u.due limit 1
       ) hit on true
     ), final as (
       select distinct on (id, respondent) id, respondent, days, made, late from walk order by id, respondent, n desc
     ), judged as (
       select case when u.due = any(f.made) then 'made' when u.due = any(f.late) then 'late'
         when p.closed_at < (u.due + 6)::timestamp at time zone $2 or exists (
           select from paused, unnest(array[u.due::timestamp, u.due - 2 + time '09:00']) as held
           where paused.pair_id = f.id and since <= held at time zone $2 and held at time zone $2 < until) then 'excused'
         else 'missed' end as state
       from final f join pair p on p.id = f.id cross join lateral unnest(f.days) as u(due)
       where u.due <= $3::date
     )
     select (count(*) filter (where state = 'made'))::int as made, (count(*) filter (where state = 'late'))::int as late,
       (count(*) filter (where state = 'missed'))::int as missed, (count(*) filter (where state = 'excused'))::int as excused
     from judged`,
    pairIds,
    zone,
    dueUntil,
  );
  return counted as Recount;
}
