import { type Database, execute, queryRows } from '../../prisma/database.ts';

/** Rows that tests of the API put there or look at directly. */

export interface PairFacts {
  id: string;
  programId: string;
  mentorId: string;
  menteeId: string;
  classId?: string;
  completed?: boolean;
}

/** A pair as it is stored, without a workflow. */
export async function insertPair(database: Database, facts: PairFacts): Promise<void> {
  const { id, programId, mentorId, menteeId, classId = null, completed = false } = facts;
  const sql = `
    insert into pairs (id, owner, program_id, mentor_id, mentee_id, class_id, staff, history, matched_at, created_at, state,
      completed_at, policy_version)
    values ($1, concat('pair:', $2::text, ':', $1::text), $2, $3, $4, $5, '{}', '{}', $6::timestamptz, $6::timestamptz,
      case when $7::boolean then 'closed' else 'active' end, case when $7::boolean then $6::timestamptz end, 1)`;
  await execute(database, sql, id, programId, mentorId, menteeId, classId, new Date('2026-09-01T12:00:00Z'), completed);
}

export interface Note {
  eventId: string;
  ref: string;
  owner: string;
  pairId: string;
  programId: string;
  source: string;
  state: string;
  receivedAt: Date;
  data: unknown;
}

/** What Tandem noted on the journal of one type, oldest first. */
export function notesOf(database: Database, type: string): Promise<Note[]> {
  const sql = `
    select event_id as "eventId", ref, owner, pair_id as "pairId", program_id as "programId", source, state,
      received_at as "receivedAt", data
    from journal where type = $1 order by seq`;
  return queryRows(database, sql, type);
}
