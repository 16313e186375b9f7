import {
  answersTake,
  askingTemplates,
  lastPeriodDays,
  type Pace,
  paceOn,
  periodsBefore,
  reviewedDays,
  reviewOn,
  type SentimentCount,
  type SentimentInProgram,
} from '../../policy/program/sentiment.ts';
import type { CivilDate, ProgramDocument } from '../../policy/program.ts';
import { addDays, DAY, dateOf, type Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';

/** How a program feels, counted from what its pairs have told of surveys and check-ins (S6, S7). */

const firstSql = `select min(day) as "firstOn" from pair_records where program_id = $1 and kind = 'survey'`;

const tasksSql = `
  select key from cases
  where program_id = $1 and pair_id is null and kind = 'task' and state in ('open', 'acknowledged')
    and reason in ('sentiment_review', 'sentiment_slow')
  order by key`;

/** How sentiment stands in a program at `now`; what is judged on some days alone is read on these. */
export async function readSentimentIn(
  on: Queryable,
  programId: string,
  document: ProgramDocument,
  now: Instant,
): Promise<SentimentInProgram> {
  const [first] = await queryRows<{ firstOn: CivilDate | null }>(on, firstSql, programId);
  const firstOn = first?.firstOn ?? null;
  const review = await readReview(on, programId, reviewOn(now, firstOn, document), document);
  const pace = await readPace(on, programId, paceOn(now, document), document);
  const tasks = await queryRows<{ key: string }>(on, tasksSql, programId);
  return { firstOn, review, pace, tasks: tasks.map(({ key }) => key) };
}

const countSql = `
  select day < $3 as earlier, count(*)::int as responses,
    avg((data->>'score')::float8 / (data->>'scale')::float8) as mean,
    count(*) filter (where (data->>'low')::boolean)::int as low
  from pair_records
  where program_id = $1 and kind = 'survey' and day >= $2 and day < $4
  group by 1`;

async function readReview(
  on: Queryable,
  programId: string,
  day: CivilDate | null,
  { policy }: ProgramDocument,
): Promise<SentimentInProgram['review']> {
  if (day === null || !policy.sentiment) return null;
  const { lately, before } = reviewedDays(day, policy.sentiment.reviewDays);
  const days = [before.from, lately.from, lately.to];
  const rows = await queryRows<SentimentCount & { earlier: boolean }>(on, countSql, programId, ...days);
  const countOf = (earlier: boolean): SentimentCount => {
    const { responses, mean, low } = rows.find((row) => row.earlier === earlier) ?? {
      responses: 0,
      mean: null,
      low: 0,
    };
    return { responses, mean, low };
  };
  return { on: day, lately: countOf(false), before: countOf(true) };
}

/** A late contact is recorded on the day on which it was due, which lies no longer before it than pairs tell of. */
const contactDaysBack = 100;
const contactDaysAhead = 32;

/** Answers and contacts, by the number of their period; the days only narrow down what is read. */
const answersSql = `
  select width_bucket(at, $2::float8[]) as number, count(*)::int as responses from (
    select (data->>'at')::float8 as at from pair_records
    where program_id = $1 and kind = 'survey' and day >= $3 and day <= $4
    union all
    select (data->'contact'->>'at')::float8 from pair_records
    where program_id = $1 and kind = 'check-in' and day >= $5 and day <= $6 and data->'contact'->>'at' is not null
  ) answer
  group by 1`;

/** How long before it is sent a message may have been decided; that only narrows down what is read. */
const decidedBefore = 14 * DAY;

/** Messages that asked for answers, by the number of the period into which these fall. */
const askedSql = `
  select width_bucket(extract(epoch from sent_at)::float8 * 1000 + $5, $2::float8[]) as number, count(*)::int as asked
  from messages
  where program_id = $1 and accepted_at >= $3 and accepted_at < $4 and template = any($6::text[]) and state = 'sent'
  group by 1`;

/**
 * How many pairs were active on the average of each period: from their match to their end, without their pauses, which do
 * not overlap. Pairs that retired more than a month after the oldest period began had ended before it.
 */
const activeSql = `
  with periods as (
    select n::int as number, since, until from unnest($2::float8[], $3::float8[]) with ordinality as p(since, until, n)
  ),
  spans as materialized (
    select extract(epoch from matched_at)::float8 * 1000 as since, (ctx#>>'{closed,at}')::float8 as until,
      ctx->'pauses' as pauses
    from pairs cross join lateral (select projection->'ctx' as ctx offset 0) told
    where program_id = $1 and (completed_at is null or completed_at >= $4::timestamptz)
  ),
  active as (
    select p.number, greatest(0, least(p.until, s.until) - greatest(p.since, s.since)) as lasted
    from periods p cross join spans s
    union all
    select p.number, - greatest(0, least(p.until, s.until, (pause->>'until')::float8)
      - greatest(p.since, s.since, (pause->>'from')::float8))
    from spans s cross join lateral jsonb_array_elements(s.pauses) pause cross join periods p
  )
  select p.number, sum(a.lasted) / min(p.until - p.since) as "activePairs"
  from periods p join active a on a.number = p.number
  group by p.number`;

/** Whether a class was held on these days; a program without classes never breaks for want of one. */
const heldSql = `
  select not exists (select from classes where program_id = $1) or exists (
    select from classes c join class_versions v on v.class_id = c.id and v.version = c.version
      cross join lateral jsonb_array_elements(v.sessions) session
    where c.program_id = $1 and session->>'state' = 'held' and session->>'date' >= $2 and session->>'date' < $3
  ) as held`;

async function readPace(
  on: Queryable,
  programId: string,
  day: CivilDate | null,
  { zone }: ProgramDocument,
): Promise<SentimentInProgram['pace']> {
  if (day === null) return null;
  // Oldest first, as numbers of periods count.
  const periods = periodsBefore(day, zone).reverse();
  const [froms, tos] = [periods.map(({ from }) => from), periods.map(({ to }) => to)];
  const oldest = froms[0] as Instant;
  const first = dateOf(oldest, zone);
  // A pair's days are those of its own zone.
  const days = [addDays(first, -1), addDays(day, 1), addDays(first, -contactDaysBack), addDays(day, contactDaysAhead)];
  const bounds = [...froms, tos[tos.length - 1]];
  const answers = await queryRows<{ number: number; responses: number }>(on, answersSql, programId, bounds, ...days);
  const decided = [new Date(oldest - answersTake - decidedBefore), new Date(bounds[bounds.length - 1] as Instant)];
  const asked = await queryRows<{ number: number; asked: number }>(
    on,
    askedSql,
    ...[programId, bounds, ...decided, answersTake, askingTemplates],
  );
  const retired = new Date(oldest + 30 * DAY);
  const active = await queryRows<{ number: number; activePairs: number }>(
    on,
    activeSql,
    programId,
    froms,
    tos,
    retired,
  );
  const paceOf = (number: number): Pace => ({
    responses: answers.find((row) => row.number === number)?.responses ?? 0,
    activePairs: active.find((row) => row.number === number)?.activePairs ?? 0,
    asked: asked.find((row) => row.number === number)?.asked ?? 0,
  });
  const { from, to } = lastPeriodDays(day);
  const [{ held = true } = {}] = await queryRows<{ held: boolean }>(on, heldSql, programId, from, to);
  return { on: day, periods: periods.map((_, index) => paceOf(index + 1)).reverse(), classHeld: held };
}
