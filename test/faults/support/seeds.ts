import type { EntryData } from '../../../policy/event.ts';
import { type ProgramInput, withDefaults } from '../../../policy/program.ts';
import { DAY } from '../../../policy/time.ts';
import { type Database, execute } from '../../../prisma/database.ts';
import { recordEntries } from '../../../prisma/store/journal.ts';
import { putProgram } from '../../../prisma/store/programs.ts';

/** What the tests need to be there: a program, people and pairs, written without the API. */

export const programId = 'faulty';

/** A zone in which it is noon now, so that no quiet hours interfere whenever the tests run. */
export function noonZone(): string {
  const ahead = 12 - new Date().getUTCHours();
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

export async function seedProgram(
  database: Database,
  policy: ProgramInput['policy'] = { classWeek: {} },
  staff: ProgramInput['staff'] = {},
): Promise<void> {
  const document = withDefaults({ name: 'Example High School', zone: noonZone(), staff, policy });
  await putProgram(database, { id: programId, document, applyNow: false, now: Date.now() });
}

/** People `{prefix}0` to `{prefix}{count - 1}`, each with a mail address. */
export async function seedPeople(database: Database, prefix: string, count: number): Promise<void> {
  await execute(
    database,
    `insert into people (id, version, name, email, is_minor, available, created_at, updated_at)
     select $1 || n, 1, 'Person ' || n, $1 || n || '@example.org', false, true, $3, $3
     from generate_series(0, $2::int - 1) n`,
    prefix,
    count,
    new Date(),
  );
}

/** A pair of three days ago whose workflow starts as soon as the relay has its first entry. Its people are there already. */
export async function seedPair(
  database: Database,
  pair: { id: string; mentorId: string; menteeId: string; classId?: string },
): Promise<void> {
  const { id, mentorId, menteeId, classId = null } = pair;
  await execute(
    database,
    `insert into pairs (id, owner, program_id, mentor_id, mentee_id, class_id, staff, history, matched_at, created_at,
       state, policy_version)
     values ($1, 'pair:' || $2 || ':' || $1, $2, $3, $4, $5, '{}', '{}', $6, $6, 'active', 1)`,
    id,
    programId,
    mentorId,
    menteeId,
    classId,
    new Date(Date.now() - 3 * DAY),
  );
  await record(database, { id: `pair.opened:${id}`, source: 'tandem', type: 'pair.opened', pairId: id, data: {} });
}

/** Puts an event of now on the journal. */
export async function record(
  database: Database,
  event: { id: string; type: string; pairId: string; source?: string; data: EntryData },
): Promise<void> {
  const { id, type, pairId, source = 'platform', data } = event;
  const [at, ref] = [Date.now(), source === 'tandem' ? id : `${id}~${source}`];
  const rest = { history: false, urgent: false, data, texts: {}, occurredAt: at, receivedAt: at };
  await recordEntries(database, [{ source, eventId: id, digest: id, ref, type, subject: pairId, ...rest }], null);
}
