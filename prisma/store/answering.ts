import type { SafetyKeywords } from '../../policy/safety.ts';
import type { CheckInsPolicy, Respondent } from '../../policy/sections/check-ins.ts';
import { type Queryable, queryRows } from '../database.ts';

/** Who answers on a form, and what the form is made of. */

export interface AnsweringPair {
  programId: string;
  programName: string;
  personName: string;
  /** The person's, else the program's. */
  locale: string;
  mentorId: string;
  menteeId: string;
  guardianId: string | null;
  /** Blank of somebody who was erased. */
  mentorName: string;
  menteeName: string;
  /** Of the newest version of the policy; the standard ones where it has no check-ins. */
  questions: CheckInsPolicy['questions'];
  keywords: SafetyKeywords;
}

/** What is known of a pair and one of its people; null where the person was erased or has no part in it any more. */
export async function readAnsweringPair(
  on: Queryable,
  { pairId, personId }: { pairId: string; personId: string },
): Promise<AnsweringPair | null> {
  const sql = `
    select x.program_id as "programId", v.document->>'name' as "programName", p.name as "personName",
      coalesce(p.locale, v.document->>'locale') as locale, x.mentor_id as "mentorId", x.mentee_id as "menteeId",
      mentee.guardian_id as "guardianId", mentor.name as "mentorName", mentee.name as "menteeName",
      coalesce(v.document->'policy'->'checkIns'->'questions', '"standard"') as questions,
      coalesce(v.document->'policy'->'safety'->'keywords', '"standard"') as keywords
    from pairs x
    join people mentor on mentor.id = x.mentor_id join people mentee on mentee.id = x.mentee_id
    join people p on p.id = $2 and p.erased_at is null and p.id in (x.mentor_id, x.mentee_id, mentee.guardian_id)
    join programs g on g.id = x.program_id
    join program_versions v on v.program_id = g.id and v.version = g.version
    where x.id = $1`;
  const [row] = await queryRows<AnsweringPair>(on, sql, pairId, personId);
  return row ?? null;
}

/** The part that somebody has in the pair. */
export function partOf({ mentorId, menteeId }: AnsweringPair, personId: string): Respondent {
  if (personId === mentorId) return 'mentor';
  return personId === menteeId ? 'mentee' : 'guardian';
}

/** Who has a part in the pair. */
export function holderOf(pair: AnsweringPair, part: Respondent): string | null {
  if (part === 'guardian') return pair.guardianId;
  return part === 'mentor' ? pair.mentorId : pair.menteeId;
}

export interface AnsweringPerson {
  programName: string;
  personName: string;
  locale: string;
}

/** What is known of somebody enrolled in a program; null where they were erased, or are not (any more) enrolled. */
export async function readAnsweringPerson(
  on: Queryable,
  { programId, personId }: { programId: string; personId: string },
): Promise<AnsweringPerson | null> {
  const sql = `
    select v.document->>'name' as "programName", p.name as "personName",
      coalesce(p.locale, v.document->>'locale') as locale
    from people p
    join programs g on g.id = $1 join program_versions v on v.program_id = g.id and v.version = g.version
    where p.id = $2 and p.erased_at is null
      and exists (
        select from enrolments e where e.person_id = p.id and e.program_id = g.id and e.state <> 'removed')`;
  const [row] = await queryRows<AnsweringPerson>(on, sql, programId, personId);
  return row ?? null;
}
