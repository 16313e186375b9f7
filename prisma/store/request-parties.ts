import type { ProgramDocument } from '../../policy/program.ts';
import type { PendingRequest } from '../../policy/request/asking.ts';
import type { Party } from '../../policy/request/party.ts';
import { type Queryable, queryRows, type Transaction } from '../database.ts';
import { notToBeMatched, type ProgramLimit } from './people.ts';

/** The people of a request, as its decisions see them. */

interface StoredParty {
  id: string;
  is_minor: boolean;
  removed: boolean;
  states: string[];
  held: boolean;
  consented: boolean;
  available: boolean;
  leave_from: Date | null;
  leave_until: Date | null;
  unavailable_reason: string | null;
  capacity_mentor: number | null;
  capacity_mentee: number | null;
  as_mentor: number;
  as_mentee: number;
}

const partySql = `
  select people.id, is_minor, (removed_at is not null or erased_at is not null) as removed,
    array(select e.state from enrolments e where e.person_id = people.id and e.program_id = $2) as states,
    exists (select from cases c left join pairs other on other.id = c.pair_id
      where c.kind = 'safety' and c.state in ('open', 'acknowledged')
        and (people.id in (c.person_id, other.mentor_id, other.mentee_id)
          or c.pair_id is null and people.guardian_id = c.person_id)) as held,
    coalesce((select c.granted and c.by_person_id = people.guardian_id from consents c
      where c.person_id = people.id and c.channel = 'contact' order by c.id desc limit 1), false) as consented,
    available, leave_from, leave_until, unavailable_reason, capacity_mentor, capacity_mentee,
    (select count(*)::int from pairs where pairs.mentor_id = people.id and pairs.state <> 'closed') as as_mentor,
    (select count(*)::int from pairs where pairs.mentee_id = people.id and pairs.state <> 'closed') as as_mentee
  from people
  where people.id = any($1::text[]) and ($3::text[] is null or exists (
    select from enrolments e where e.person_id = people.id and e.program_id = any($3::text[])))`;

/** A mentee may be in one pair unless told otherwise, a mentor in any number. */
const usualMenteeCapacity = 1;

/**
 * Locks the rows of these people in the order of ids, so that limits and capacities are counted one after the other, and
 * reads them as a program sees them. People who do not exist for the caller are missing.
 */
export async function lockParties(
  on: Transaction,
  ids: string[],
  programId: string,
  programIds: ProgramLimit,
): Promise<Map<string, Party>> {
  // A statement of its own: the next one sees what was written until this one was let through.
  await queryRows(on, 'select id from people where id = any($1::text[]) order by id for no key update', ids);
  const rows = await queryRows<StoredParty>(on, partySql, ids, programId, programIds);
  return new Map(rows.map((row) => [row.id, partyOf(row)]));
}

function partyOf(row: StoredParty): Party {
  return {
    id: row.id,
    isMinor: row.is_minor,
    removed: row.removed || row.states.includes('removed'),
    optedOut: row.states.includes('optedOut'),
    unconfirmed: row.states.includes('unconfirmed'),
    held: row.held,
    consented: row.consented,
    absence: absenceOf(row),
    pairs: { mentor: row.as_mentor, mentee: row.as_mentee },
    capacity: { mentor: row.capacity_mentor, mentee: row.capacity_mentee ?? usualMenteeCapacity },
  };
}

/** The leave of somebody who is not to be matched again ends nothing (T6). */
function absenceOf({ available, leave_from, leave_until, unavailable_reason }: StoredParty): Party['absence'] {
  if (unavailable_reason === notToBeMatched) return { available, from: null, until: null };
  return { available, from: leave_from?.getTime() ?? null, until: leave_until?.getTime() ?? null };
}

/** One version of a program's document; the current one unless told. */
export async function readDocument(
  on: Queryable,
  programId: string,
  version: number | null,
): Promise<{ version: number; document: ProgramDocument } | null> {
  const sql = `
    select v.version, v.document from programs p
    join program_versions v on v.program_id = p.id and v.version = coalesce($2::int, p.version) where p.id = $1`;
  const [row] = await queryRows<{ version: number; document: ProgramDocument }>(on, sql, programId, version);
  return row ?? null;
}

/** What is pending of these people in the program, and whom staff recommended to the mentee. */
export async function askingContext(
  on: Queryable,
  { menteeId, mentorIds, programId }: { menteeId: string; mentorIds: string[]; programId: string },
): Promise<{ pending: PendingRequest[]; recommended: string[] }> {
  const pending = await queryRows<PendingRequest>(
    on,
    `select id, kind, mentee_id as "menteeId", mentor_id as "mentorId", mentor_ids as "mentorIds" from requests
     where status = 'pending' and program_id = $1 and (mentee_id = $2 or mentor_id = any($3::text[])) order by created_at, id`,
    programId,
    menteeId,
    mentorIds,
  );
  const sql = 'select mentor_ids from recommendations where program_id = $1 and mentee_id = $2';
  const [row] = await queryRows<{ mentor_ids: string[] }>(on, sql, programId, menteeId);
  return { pending, recommended: row?.mentor_ids ?? [] };
}

/** A mentee's guardian; null where none is known. */
export async function guardianOf(on: Queryable, menteeId: string): Promise<string | null> {
  const [row] = await queryRows<{ guardian_id: string | null }>(
    on,
    'select guardian_id from people where id = $1',
    menteeId,
  );
  return row?.guardian_id ?? null;
}
