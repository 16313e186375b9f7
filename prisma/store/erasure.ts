import type { Instant } from '../../policy/time.ts';
import { type Database, execute, queryRows, type Transaction } from '../database.ts';
import { eraseWords } from './erased-words.ts';
import { noteToPairs } from './notes.ts';
import type { ProgramLimit } from './people.ts';
import { endRematchesOf } from './rematches.ts';
import { endRequestsOf, eraseRequestWords } from './request-leaving.ts';

/**
 * Erasing a person: who they were goes, the ledger stays. Keys, ids, times, states and templates are kept, and so are
 * suppressions, which know an address by its digest alone.
 */

export type Erasure =
  /** `noted`: journal entries written for their pairs and requests; none when they had been erased before. */
  | { outcome: 'erased'; noted: number }
  | { outcome: 'hidden' }
  /** The caller is limited to some of the person's programs. */
  | { outcome: 'in_other_programs' }
  /** An open safety case is about them, about one of their pairs, or theirs to look after (K6). */
  | { outcome: 'in_safety_case' }
  /** These minors, as far as the caller may see them, have nobody else who may consent for them. */
  | { outcome: 'guardian_of_minor'; minorIds: string[] };

interface ErasablePerson {
  version: number;
  name: string;
  email: string | null;
  phone: string | null;
  erased: boolean;
  programIds: string[];
}

/** Scanning what was written takes longer on a large installation than other transactions may take. */
const withinMillis = 60_000;

/**
 * Erases a person in one transaction; a second time changes nothing. Their row is locked first, as those do who claim
 * sends, so that nothing is on its way to be claimed meanwhile.
 */
export function erasePerson(
  database: Database,
  { id, programIds, now }: { id: string; programIds: ProgramLimit; now: Instant },
): Promise<Erasure> {
  return database.$transaction(
    async (on) => {
      const person = await lockErasable(on, id);
      const enrolled = person?.programIds.filter((programId) => programIds?.includes(programId) ?? true) ?? [];
      if (!person || (programIds !== null && enrolled.length === 0)) return { outcome: 'hidden' };
      if (enrolled.length < person.programIds.length) return { outcome: 'in_other_programs' };
      if (person.erased) return { outcome: 'erased', noted: 0 };
      const obstacle = await obstacleTo(on, id, programIds);
      if (obstacle) return obstacle;
      await eraseWords(on, { ...person, id }, now);
      await eraseRequestWords(on, id);
      const ended = await endRequestsOf(on, id, now);
      await endRematchesOf(on, [id], null);
      await erasePersonRow(on, id, now);
      const version = person.version + 1;
      const data = { personId: id, version };
      const noted = await noteToPairs(on, 'person', { type: 'person.changed', subjectId: id, version, data, now });
      return { outcome: 'erased', noted: noted + ended };
    },
    { timeout: withinMillis },
  );
}

async function lockErasable(on: Transaction, id: string): Promise<ErasablePerson | null> {
  const sql = `
    select version, name, email, phone, erased_at is not null as erased,
      array(select distinct program_id from enrolments where person_id = people.id) as "programIds"
    from people where id = $1 for update`;
  const [person] = await queryRows<ErasablePerson>(on, sql, id);
  return person ?? null;
}

async function obstacleTo(on: Transaction, id: string, programIds: ProgramLimit): Promise<Erasure | null> {
  const safety = `
    select 1 from cases c
    left join pairs p on p.id = c.pair_id left join people mentee on mentee.id = p.mentee_id
    where c.kind = 'safety' and c.state in ('open', 'acknowledged')
      and $1 in (c.person_id, c.assignee, c.supervisor, p.mentor_id, p.mentee_id, mentee.guardian_id) limit 1`;
  if ((await queryRows(on, safety, id)).length > 0) return { outcome: 'in_safety_case' };
  const wards = `
    select w.id, $2::text[] is null or exists (
      select from enrolments e where e.person_id = w.id and e.program_id = any($2::text[])) as visible
    from people w where w.guardian_id = $1 and w.is_minor and w.erased_at is null order by w.id`;
  const minors = await queryRows<{ id: string; visible: boolean }>(on, wards, id, programIds);
  if (minors.length === 0) return null;
  return { outcome: 'guardian_of_minor', minorIds: minors.filter((ward) => ward.visible).map((ward) => ward.id) };
}

/** A blank name leaves in no message (M11). */
async function erasePersonRow(on: Transaction, id: string, now: Instant): Promise<void> {
  const person = `
    update people set name = '', zone = null, locale = null, email = null, phone = null, guardian_id = null,
      available = false, leave_from = null, leave_until = null, unavailable_reason = null, version = version + 1,
      removed_at = coalesce(removed_at, $2), erased_at = $2, updated_at = $2
    where id = $1`;
  await execute(on, person, id, new Date(now));
  await execute(on, `update enrolments set state = 'removed', state_at = $2 where person_id = $1`, id, new Date(now));
}
