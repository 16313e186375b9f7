import type { ClassCalendar } from '../../policy/calendar.ts';
import { type Partially, type Policy, type ProgramDocument, withDefaults } from '../../policy/program.ts';
import { addDays, DAY, dateOf, type Instant } from '../../policy/time.ts';
import { type Database, execute } from '../../prisma/database.ts';

/** A program with one class and many pairs, written set-based. */

export const programId = 'program_bench';
const classId = 'class_bench';

/** A zone of fixed offset in which it is around noon, so that no quiet hours and no midnight are near. */
export function noonZone(now: Instant): string {
  const offset = 12 - new Date(now).getUTCHours();
  return offset === 0 ? 'Etc/GMT' : `Etc/GMT${offset > 0 ? '-' : '+'}${Math.abs(offset)}`;
}

/** A weekly class whose latest session was `daysAgo`, at 06:00. */
export function weeklyCalendar(now: Instant, daysAgo: number, weeks: number): ClassCalendar {
  const zone = noonZone(now);
  const first = addDays(dateOf(now, zone), -daysAgo);
  const dates = Array.from({ length: weeks }, (_, week) => addDays(first, 7 * week));
  const sessions = dates.map((date) => ({ id: date, date, start: '06:00', state: 'held' as const }));
  return { classId, version: 1, zone, endsOn: addDays(first, 7 * weeks), sessions };
}

export function documentOf(zone: string, classWeek: Partially<NonNullable<Policy['classWeek']>>): ProgramDocument {
  const messaging = { quietHours: { sms: ['00:00', '23:59'], email: ['00:00', '23:59'] } } as Policy['messaging'];
  const staff = { operations: 'staff_ops', coordinator: 'staff_coord', supervisor: 'staff_sup' };
  return withDefaults({ name: 'Benchmark', zone, staff, policy: { classWeek, messaging } as Policy });
}

export async function seedProgram(
  database: Database,
  document: ProgramDocument,
  calendar: ClassCalendar,
  createdAt: Instant,
): Promise<void> {
  const at = new Date(createdAt);
  const { zone, endsOn, sessions } = calendar;
  await execute(database, 'insert into programs (id, version, created_at) values ($1, 1, $2)', programId, at);
  await execute(
    database,
    'insert into program_versions (program_id, version, document, apply_now, created_at) values ($1, 1, $2::jsonb, false, $3)',
    programId,
    JSON.stringify(document),
    at,
  );
  await execute(
    database,
    'insert into classes (id, program_id, version, created_at) values ($1, $2, 1, $3)',
    classId,
    programId,
    at,
  );
  await execute(
    database,
    `insert into class_versions (class_id, version, zone, ends_on, sessions, created_at) values ($1, 1, $2, $3, $4::jsonb, $5)`,
    classId,
    zone,
    endsOn,
    JSON.stringify(sessions),
    at,
  );
  const staff = ['staff_ops', 'staff_coord', 'staff_sup'];
  await seedPeople(database, staff, at);
}

/** Adults with an address and a number. */
export async function seedPeople(database: Database, ids: string[], at: Date): Promise<void> {
  await execute(
    database,
    `insert into people (id, version, name, email, phone, is_minor, available, created_at, updated_at)
     select id, 1, 'Person ' || n, id || '@example.org', '+1202' || lpad(n::text, 7, '0'), false, true, $2::timestamptz, $2::timestamptz
     from unnest($1::text[]) with ordinality as given(id, n)`,
    ids,
    at,
  );
}

export function pairIdsOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}_${index}`);
}

/** Pairs that were matched three days ago, each with the journal entry that opens it; the relay does the rest. */
export async function seedPairs(database: Database, pairIds: string[], now: Instant): Promise<void> {
  const at = new Date(now - 3 * DAY);
  await seedPeople(database, [...pairIds.map((id) => `mentor_${id}`), ...pairIds.map((id) => `mentee_${id}`)], at);
  await execute(
    database,
    `insert into pairs (id, owner, program_id, mentor_id, mentee_id, class_id, staff, history, matched_at, created_at, state,
       policy_version)
     select id, 'pair:' || $2 || ':' || id, $2, 'mentor_' || id, 'mentee_' || id, $3, '{}', '{}', $4::timestamptz,
       $4::timestamptz, 'active', 1
     from unnest($1::text[]) as id`,
    pairIds,
    programId,
    classId,
    at,
  );
  await execute(
    database,
    `insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
       history, urgent, data, state)
     select 'tandem', 'pair.opened:' || id, '', 'pair.opened:' || id, 'pair.opened', id, owner, program_id, id,
       $2::timestamptz, $2::timestamptz, false, false, '{}', 'recorded'
     from pairs where id = any($1::text[]) order by id`,
    pairIds,
    new Date(now),
  );
}
