import { eventIdOf } from '../../event.ts';
import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { MessageStep, PlannedStep } from '../../step.ts';
import type { Instant } from '../../time.ts';
import { decideAt, idOf, type PairContext } from '../context.ts';
import { personOf } from '../facts.ts';
import { leadsOf } from '../leads.ts';
import { type CheckIn, respondents } from './check-ins.ts';
import type { CheckInsState } from './facts.ts';

/** The id by which integrators know a check-in. */
export function checkInIdOf({ day, respondent }: Pick<CheckIn, 'day' | 'respondent'>, ctx: PairContext): string {
  return idOf('chk', `${ctx.pairId}/${day.dueOn}/${respondent}`);
}

/** Key of the message that asks one respondent. */
function questionKeyOf({ day, respondent }: Pick<CheckIn, 'day' | 'respondent'>, ctx: PairContext): string {
  return `${ctx.pairId}/${day.dueOn}/check-in-${respondent}`;
}

/** The question of a check-in; the mailbox sends it by mail where no text may go (M5). */
export function questionOf(checkIn: CheckIn, ctx: PairContext): MessageStep {
  const { day, respondent, personId } = checkIn;
  const key = questionKeyOf(checkIn, ctx);
  const checkInId = checkInIdOf(checkIn, ctx);
  return {
    kind: 'message',
    key,
    stepKey: key,
    personId,
    role: respondent,
    template: 'check-in',
    variant: 'regular',
    channel: 'sms',
    planned: true,
    slot: day.askAt,
    expiresAt: day.closesAt,
    fields: {
      checkInId,
      respondent,
      dueOn: day.dueOn,
      closesOn: day.closesOn,
      mentorId: ctx.mentorId,
      menteeId: ctx.menteeId,
    },
    // A pause of the class reminders does not stop check-ins (K11).
    heldBy: ['automated', 'all'],
    because: { rule: 'K1', facts: [] },
  };
}

/** Whether a question stands at `now`: decided, in time, and nobody has been in contact. What holds it stops it elsewhere. */
export function isAsked({ day, contact }: CheckIn, now: Instant, ctx: PairContext): boolean {
  return !contact && now >= decideAt(day.askAt, ctx) && now < day.closesAt;
}

/** A question of the future, as a person reads it (V2). */
export function plannedQuestion(checkIn: CheckIn, ctx: PairContext): PlannedStep {
  const { key, slot, template, channel, personId, variant } = questionOf(checkIn, ctx);
  return { key, at: slot, template, channel, to: personId, variant, unless: 'a contact with them in the window' };
}

/** What the coordinator is handed after each contact that somebody else recorded (K7). */
export function handOffs(state: CheckInsState, now: Instant, ctx: PairContext): MessageStep[] {
  const participants = respondents.map((role) => personOf(role, ctx));
  const recent = state.contacts.filter(
    ({ ref, receivedAt, history }) => !history && now < receivedAt + staffMailFor && !state.retracted.includes(ref),
  );
  return recent.flatMap(({ ref, respondent, mode, by, receivedAt }) => {
    const fields = {
      contact: ref,
      respondent,
      mode,
      by,
      personId: personOf(respondent, ctx),
      mentorId: ctx.mentorId,
      menteeId: ctx.menteeId,
    };
    const because = { rule: 'K7', facts: [eventIdOf(ref)] };
    return leadsOf(ctx, ['coordinator'])
      .filter(({ personId }) => personId !== by && !participants.includes(personId))
      .map((reader) =>
        staffMail(`${ctx.pairId}/${ref}/contact-handoff`, reader, 'contact-handoff', receivedAt, fields, because),
      );
  });
}
