import type { MessageRow } from '../mailbox/row.ts';
import { addDays, DAY, type Instant, instantOf } from '../time.ts';

/** The signed link in a message to the form on which its recipient answers: whose it is, for what, and until when. */

/** The form that a message leads to. */
export type ResponseKind = 'check-in' | 'survey' | 'meeting-survey' | 'exit-survey' | 'enrolment';

/** Whose answer a link takes. There is one link for each respondent and occasion. */
export interface ResponseSubject {
  kind: ResponseKind;
  /** Id of the pair, of an `enrolment` of the program. */
  of: string;
  personId: string;
  /** What is answered: of a check-in `{dueOn}/{respondent}`, else the key of the step that asked. */
  occasion: string;
  /** Whole seconds; from then on nothing is taken. */
  expires: Instant;
}

/** How long a form is open where no window closes it. */
const openFor = 30 * DAY;
const SECOND = 1000;

/**
 * The form that a row's person is led to; the same one each time the row is asked.
 * @param answers the form that the row's template leads to
 */
export function responseOf(row: MessageRow, answers: ResponseKind): ResponseSubject {
  const kind = answers === 'survey' && row.fields.instrument === 'post_meeting' ? 'meeting-survey' : answers;
  const of = kind === 'enrolment' ? row.programId : (row.pairIds[0] ?? '');
  const subject = { kind, of, personId: row.personId };
  if (kind === 'check-in') {
    return { ...subject, occasion: `${String(row.fields.dueOn)}/${row.role}`, expires: windowEnd(row) };
  }
  const occasion = row.stepKey.startsWith(`${of}/`) ? row.stepKey.slice(of.length + 1) : row.stepKey;
  return { ...subject, occasion, expires: wholeSeconds(row.plannedFor + openFor) };
}

/** The end of the last day on which a contact counts (K3). */
function windowEnd({ fields, zone }: MessageRow): Instant {
  return wholeSeconds(instantOf(addDays(String(fields.closesOn), 1), '00:00', zone));
}

function wholeSeconds(at: Instant): Instant {
  return Math.floor(at / SECOND) * SECOND;
}

/** A text without the part of its links that lets somebody answer (M7). */
export function withoutAnswerLinks(text: string): string {
  return text.replace(/(\/responses\/)[\w-]+\.[\w-]+/g, '$1…');
}
