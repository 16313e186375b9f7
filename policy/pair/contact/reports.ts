import type { Respondent } from '../../sections/check-ins.ts';
import { staffMailFor } from '../../staff-mail.ts';
import type { Because, MessageStep } from '../../step.ts';
import type { Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { type ParticipantMail, participantMail } from '../participant-mail.ts';
import { answerBy, contactPerson } from './contact-person.ts';
import { reportPrefix } from './facts.ts';

/** What a participant who reported something hears. */

/** What the reporter is told is of use for a week. */
export const answerFor = staffMailFor;

export interface Reported {
  ref: string;
  receivedAt: Instant;
  by: Respondent;
  reporterId: string;
}

/** A message to the one who reported something, at once. */
export function answerTo(
  report: Reported,
  template: string,
  fields: Record<string, unknown>,
  because: Because,
  ctx: PairContext,
): MessageStep {
  const mail: ParticipantMail = {
    stepKey: `${reportPrefix(report.ref, ctx)}/${template}`,
    template,
    planned: false,
    slot: report.receivedAt,
    expiresAt: report.receivedAt + answerFor,
    fields,
    heldBy: [],
    because,
  };
  return participantMail({ role: report.by, personId: report.reporterId }, mail, ctx);
}

/** Tells who will be in touch, and by when (T4). */
export function receivedNotice(report: Reported, because: Because, ctx: PairContext): MessageStep {
  const fields = { contactId: contactPerson(ctx)?.personId ?? null, answerBy: answerBy(report.receivedAt, ctx) };
  return answerTo(report, 'trouble-received', fields, because, ctx);
}
