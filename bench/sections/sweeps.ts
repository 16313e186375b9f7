import type { SweepStep } from '../../policy/step.ts';
import { DAY, type Instant } from '../../policy/time.ts';
import { type Database, execute, openDatabase, queryRows } from '../../prisma/database.ts';
import { migrate } from '../../prisma/migrate.ts';
import { readChanges } from '../../prisma/store/changes.ts';
import { carryOutSweeps } from '../../prisma/store/sweeps.ts';
import { startEmbeddedPostgres } from '../../runtime/local/embedded-postgres.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { atMost, type Figure } from '../support/figures.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, seconds } from '../support/section.ts';
import { documentOf, noonZone, pairIdsOf, programId, seedPairs, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { temporaryDirectory } from '../support/servers.ts';

/** Ten thousand pairs at once in the database alone: asked, ended, looked at for silence, and told of in the feed. */
export async function sweeps(bench: Bench): Promise<Figure[]> {
  const pairs = bench.quick ? 1000 : 10_000;
  return inScope(async (scope) => {
    const postgres = await startEmbeddedPostgres({ dataDirectory: await temporaryDirectory(scope) });
    scope.defer(() => postgres.stop());
    await migrate(postgres.url);
    const database = openDatabase(postgres.url, { applicationName: 'bench', maxConnections: 1 });
    scope.defer(() => database.close());
    const now = Date.now();
    bench.say(`writing ${pairs} pairs`);
    await seed(database, pairs, now);
    const figures: Figure[] = [];
    const measure = async (what: string, sweep: SweepStep, limit: number, changes: number): Promise<void> => {
      bench.say(what);
      const before = await rowsRead(database);
      let changed = 0;
      const took = await seconds(async () => {
        ({ changed } = await carryOut(database, [sweep], sweep.at));
      });
      if (changed !== changes) throw new Error(`${what}: ${changed} changed instead of ${changes}`);
      figures.push(atMost(what, took, limit, 's'));
      figures.push({ what: '  rows read', tandem: String((await rowsRead(database)) - before) });
    };
    const people = 2 * pairs;
    const entriesEach = 3;
    await measure(`${people} people asked whether to go on`, cohort('cohort-offer', now), 5, people);
    await measure(`${people} people reminded`, cohort('cohort-reminder', now + 7 * DAY), 5, people);
    await measure(
      `${pairs} pairs and ${people} enrolments ended`,
      cohort('cohort-end', now + 15 * DAY),
      5,
      pairs + people,
    );
    await execute(database, `update enrolments set state = 'active'`);
    await seedEntries(database, entriesEach, now);
    await measure(`a look after ${entriesEach * pairs} entries: nobody is quiet`, silence(now + 16 * DAY), 5, pairs);
    await measure('a look at the same people the next day', silence(now + 17 * DAY), 2, 0);
    await measure(`${people} people get a notice`, silence(now + 200 * DAY), 10, people);
    await measure(`${people} people marked, with a task each`, silence(now + 207 * DAY), 10, people);
    figures.push(await wholeFeed(bench, database));
    return figures;
  });
}

async function seed(database: Database, pairs: number, now: Instant): Promise<void> {
  const calendar = weeklyCalendar(now, 1, 4);
  await seedProgram(database, documentOf(noonZone(now), {}), calendar, now);
  await seedPairs(database, pairIdsOf('pair', pairs), now);
  // What a pair says of itself is some kilobytes.
  const projection = `
    update pairs set projection = jsonb_build_object('ctx', jsonb_build_object('pauses', '[]'::jsonb), 'state',
      (select string_agg(md5(id || n), '') from generate_series(1, 150) n))`;
  await execute(database, projection);
  for (const role of ['mentor', 'mentee']) {
    const sql = `
      insert into enrolments (person_id, program_id, role, state, joined_at, profile_complete)
      select id, $1, $2, 'active', created_at, true from people where id like $2 || '\\_%'`;
    await execute(database, sql, programId, role);
  }
  for (const table of ['people', 'pairs', 'enrolments', 'journal']) await execute(database, `analyze ${table}`);
}

/** A lesson of every pair's mentor, each so many times. */
async function seedEntries(database: Database, each: number, now: Instant): Promise<void> {
  const sql = `
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
      history, urgent, data, state, applied_order)
    select 'bench', 'event_' || n, '', 'event_' || n, 'lesson.completed', p.id, p.owner, p.program_id, p.id, $2, $2, false, false,
      '{"by": "mentor"}', 'applied', 1
    from pairs p cross join lateral (select p.id || '_' || n as n from generate_series(1, $1::int) n) each`;
  await execute(database, sql, each, new Date(now + 10 * DAY));
  await execute(database, 'analyze journal');
}

function carryOut(database: Database, steps: SweepStep[], now: Instant) {
  const classified = (key: string, variant?: string | null) => classify(key as TemplateKey, variant);
  const terms = { programId, policyVersion: 1, zone: noonZone(now), gatherMinutes: 2, now };
  return carryOutSweeps(database, { ...terms, sweeps: steps, classify: classified });
}

function cohort(name: string, at: Instant): SweepStep {
  const parameters = { endsOn: '2027-06-11', endsAt: at + 14 * DAY, offeredBy: at - DAY };
  return { kind: 'sweep', key: `${programId}/2027-06-11/${name}`, name, group: 'cohort', at, parameters };
}

function silence(at: Instant): SweepStep {
  const date = new Date(at).toISOString().slice(0, 10);
  const since = at - 400 * DAY;
  const days = { quietSince: at - 90 * DAY, noticedBy: at - 7 * DAY, marksAt: at + 7 * DAY };
  const parameters = { date, since, ...days, answerBy: date, coordinator: 'staff_coord' };
  return {
    kind: 'sweep',
    key: `${programId}/${date}/inactivity`,
    name: 'inactivity',
    group: 'inactivity',
    at,
    parameters,
  };
}

/** Rows that the one connection has read so far, through whatever index. */
async function rowsRead(database: Database): Promise<number> {
  await execute(database, 'select pg_stat_force_next_flush()');
  const sql = `
    select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 as rows from pg_stat_user_tables`;
  const [row] = await queryRows<{ rows: number }>(database, sql);
  return row?.rows ?? 0;
}

/** Everything that happened, placed and read page by page. */
async function wholeFeed(bench: Bench, database: Database): Promise<Figure> {
  bench.say('reading the feed of changes');
  let read = 0;
  const took = await seconds(async () => {
    for (let after = 0n; ; ) {
      const page = await readChanges(database, after, 200, { programIds: null, safety: true });
      if (page.changes.length === 0) return;
      read += page.changes.length;
      after = page.upTo;
    }
  });
  return { what: `${read} changes placed and read`, tandem: `${(read / took).toFixed(0)}/s` };
}
