import type { EntryData, NoteName } from '../../policy/event.ts';
import type { Instant } from '../../policy/time.ts';
import { programWorkflowId } from '../../workflows/ids.ts';
import { execute, type Transaction } from '../database.ts';

/** Journal entries by which Tandem tells pairs that something they rest on has a new version. */

export interface VersionNote {
  type: NoteName;
  /** Id of the program, class or person that has the new version. */
  subjectId: string;
  version: number;
  data: EntryData;
  /** When it was accepted, by the injected clock. */
  now: Instant;
}

/** Which pairs a note is for: a condition on `pairs` in which `$1` stands for the subject's id. */
const affectedPairs = {
  program: 'pairs.program_id = $1',
  class: 'pairs.class_id = $1',
  person: `(pairs.mentor_id = $1 or pairs.mentee_id = $1
    or exists (select from people where people.id = pairs.mentee_id and people.guardian_id = $1))`,
} as const;

/**
 * Writes one entry for each pair that rests on the subject and is not completed; answers how many. An entry's identity
 * is made of type, subject, version and pair.
 */
export function noteToPairs(on: Transaction, subject: keyof typeof affectedPairs, note: VersionNote): Promise<number> {
  const sql = `
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id,
      occurred_at, received_at, history, urgent, data, state)
    select 'tandem', note.ref, '', note.ref, $2, pairs.id, pairs.owner, pairs.program_id, pairs.id,
      $4::timestamptz, $4::timestamptz, false, false, $5::jsonb, 'recorded'
    from pairs
    cross join lateral (select concat_ws(':', $2::text, $1::text, $3::int, pairs.id) as ref) note
    where pairs.completed_at is null and ${affectedPairs[subject]}
    order by pairs.id`;
  const values = [note.subjectId, note.type, note.version, new Date(note.now), JSON.stringify(note.data)];
  return execute(on, sql, ...values);
}

/** Tells every list that waits for staff that they may be others now (V7); answers how many there are. */
export function noteToLists(
  on: Transaction,
  note: { programId: string; version: number; now: Instant },
): Promise<number> {
  const sql = `
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, occurred_at, received_at, history,
      urgent, data, state)
    select 'tandem', note.ref, '', note.ref, 'program.changed', r.id, r.owner, r.program_id, $3::timestamptz, $3::timestamptz,
      false, false, jsonb_build_object('version', $2::int), 'recorded'
    from requests r cross join lateral (select concat_ws(':', 'program.changed:list', $2::int, r.id) as ref) note
    where r.program_id = $1 and r.status = 'pending' and r.kind = 'list' order by r.id`;
  return execute(on, sql, note.programId, note.version, new Date(note.now));
}

/**
 * Tells a program's own workflow that a mentee has asked or was paired while a nudge to do so still waits: until the program
 * has decided again, the nudge does not go (R18, M6). Mostly there is none, and nothing is written.
 * @param note.about id of the request or pair
 */
export async function noteMenteeMoved(
  on: Transaction,
  note: { programId: string; menteeId: string; about: string; now: Instant },
): Promise<void> {
  await execute(
    on,
    `insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, occurred_at, received_at, history,
       urgent, data, state)
     select 'tandem', $1, '', $1, 'program.changed', $2, $3, $2, $4::timestamptz, $4::timestamptz, false, false, '{}',
       'recorded'
     where exists (select from messages where person_id = $5 and program_id = $2 and state = 'waiting'
       and template = 'no-request-nudge')`,
    `program.changed:mentee:${note.about}`,
    note.programId,
    programWorkflowId(note.programId),
    new Date(note.now),
    note.menteeId,
  );
}

/** Writes the entry that tells a program's own workflow of a new version of its document or of one of its calendars. */
export async function noteToProgram(
  on: Transaction,
  note: { programId: string; what: 'document' | 'calendar'; subjectId: string; version: number; now: Instant },
): Promise<void> {
  const ref = `program.changed:${note.what}:${note.subjectId}:${note.version}`;
  await execute(
    on,
    `insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, occurred_at, received_at, history,
       urgent, data, state)
     values ('tandem', $1, '', $1, 'program.changed', $2, $3, $2, $4::timestamptz, $4::timestamptz, false, false, $5::jsonb,
       'recorded')`,
    ref,
    note.programId,
    programWorkflowId(note.programId),
    new Date(note.now),
    JSON.stringify({ version: note.version }),
  );
}
