import { type Database, execute, queryRows } from '../../prisma/database.ts';
import { createKey } from '../../prisma/store/keys.ts';
import { listRequestsSql, type RequestFilter } from '../../prisma/store/requests.ts';
import { atMost, type Figure } from '../support/figures.ts';
import { inScope } from '../support/scope.ts';
import type { Bench } from '../support/section.ts';
import { documentOf, noonZone, programId, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { startServers } from '../support/servers.ts';
import { startTandem } from '../support/tandem.ts';

const targetMillis = 50;
const reads = 400;
const warmUp = 100;

/** Lists of a hundred thousand requests over HTTP, one page after the other and each alone, with the plans that serve them. */
export async function requests(bench: Bench): Promise<Figure[]> {
  const count = bench.quick ? 10_000 : 100_000;
  return inScope(async (scope) => {
    const servers = await startServers(scope);
    const tandem = await startTandem(scope, servers);
    const { database } = tandem;
    const now = Date.now();
    const calendar = weeklyCalendar(now, 1, 4);
    await seedProgram(database, documentOf(noonZone(now), {}), calendar, now);
    bench.say(`writing ${count} requests`);
    await seedRequests(database, count, now);
    const { key } = await createKey(database, { name: 'bench-read', scopes: ['read', 'sensitive'] }, new Date());
    const shapes: Record<string, RequestFilter> = {
      pending: { status: 'pending' },
      'pending of one program': { status: 'pending', programId },
      'pending of one mentor': { status: 'pending', mentorId: 'mentor_7' },
      'of one mentee': { menteeId: 'mentee_7' },
    };
    const figures: Figure[] = [];
    for (const [what, filter] of Object.entries(shapes)) {
      await explain(bench, database, what, filter);
      const millis = await paged(tandem.url, key, filter);
      const within = (share: number): number => millis[Math.floor(millis.length * share)] as number;
      figures.push(atMost(`${count} requests, ${what}: 95 % of the pages within`, within(0.95), targetMillis, 'ms'));
      figures.push({ what: '  half of them within', tandem: `${within(0.5).toFixed(1)} ms` });
    }
    return figures;
  });
}

/** 1,000 mentors and 40,000 mentees; every third request is pending, the others ended in one way or another. */
async function seedRequests(database: Database, count: number, now: number): Promise<void> {
  const people = `
    insert into people (id, version, name, is_minor, available, created_at, updated_at)
    select $1 || n, 1, 'Person ' || n, n % 10 = 0, true, $3::timestamptz, $3::timestamptz from generate_series(0, $2::int - 1) n`;
  await execute(database, people, 'mentor_', 1000, new Date(now));
  await execute(database, people, 'mentee_', 40_000, new Date(now));
  // Written in parts: a statement may take 15 s.
  for (let from = 0; from < count; from += 20_000) {
    await execute(
      database,
      `insert into requests (id, owner, program_id, kind, mentee_id, mentor_id, mentor_ids, policy_version, status, round,
         created_at, opened_at, closes_at, closed_at, reminded_at, message, digest)
       select 'req_' || n, 'request:' || $1 || ':req_' || n, $1, 'request', 'mentee_' || n % 40000, 'mentor_' || n * 7 % 1000,
         array['mentor_' || n * 7 % 1000], 1, s.status, 1, s.at, s.at, s.at + interval '14 days',
         case when s.status <> 'pending' then s.at + interval '3 days' end, '{}', 'May I learn from you?', ''
       from generate_series($2::int, $3::int) n
       cross join lateral (
         select (array['pending', 'accepted', 'declined'])[1 + n % 3] as status,
           $4::timestamptz - make_interval(secs => n * 60) as at) s
       on conflict do nothing`,
      programId,
      from,
      Math.min(count, from + 20_000) - 1,
      new Date(now),
    );
  }
  await execute(database, 'analyze requests');
  await execute(database, 'analyze people');
}

async function explain(bench: Bench, database: Database, what: string, filter: RequestFilter): Promise<void> {
  const { sql, values } = listRequestsSql(filter, { programIds: null, after: null, limit: 51 });
  const rows = await queryRows<Record<'QUERY PLAN', string>>(
    database,
    `explain (analyze, costs off) ${sql}`,
    ...values,
  );
  const plan = rows.map((row) => row['QUERY PLAN']);
  for (const line of [what, ...plan]) bench.say(line);
  if (plan.some((line) => /Seq Scan on requests/.test(line))) throw new Error(`${what}: every request is read`);
}

/** Milliseconds of each page, sorted; goes on behind the cursor, and from the start when there is no more. */
async function paged(url: string, key: string, filter: RequestFilter): Promise<number[]> {
  const millis: number[] = [];
  const query = new URLSearchParams(filter as Record<string, string>);
  for (let cursor: string | null = null; millis.length < warmUp + reads; ) {
    const began = performance.now();
    const page: string = `${url}/v1/requests?${query}${cursor === null ? '' : `&cursor=${cursor}`}`;
    const response = await fetch(page, { headers: { authorization: `Bearer ${key}` } });
    const { items, next } = (await response.json()) as { items: unknown[]; next: string | null };
    if (response.status !== 200 || items.length === 0) throw new Error(`a page was not answered: ${response.status}`);
    millis.push(performance.now() - began);
    cursor = next;
  }
  return millis.slice(warmUp).sort((a, b) => a - b);
}
