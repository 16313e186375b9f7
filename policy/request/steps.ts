import { decideAhead } from '../pair/context.ts';
import { staffMailFor } from '../staff-mail.ts';
import type { MessageStep, Role } from '../step.ts';
import { addDays, DAY, dateOf, type Instant, instantOf } from '../time.ts';
import { answererOf, askerOf, type MentorRequest, type RequestContext } from './request.ts';

/** One message of a request with the instant from which it stands, and what would cancel it before. */
export interface RequestStep {
  from: Instant;
  message: MessageStep;
  unless: string;
}

/** Messages without an end of their own stand for a week. */
const standsFor = 7 * DAY;
/** An automatic reminder so soon after one by hand is left out (R9). */
const replacesWithin = DAY;
const reminderTime = '09:00';
const unlessAnswered = 'an answer before then';

/** Every message of a request's present round, past and future, as it stands. Pure. */
export function stepsOf(request: MentorRequest, ctx: RequestContext): RequestStep[] {
  return request.status === 'pending' ? pendingSteps(request, ctx) : endedSteps(request);
}

function pendingSteps(request: MentorRequest, ctx: RequestContext): RequestStep[] {
  if (request.kind === 'list') return assignReminders(request, ctx);
  const asked: Recipient = answererRecipient(request);
  const received = request.kind === 'offer' ? 'offer-received' : 'request-received';
  const first = said(request, asked, received, request.openedAt, { rule: request.kind === 'offer' ? 'R16' : 'R2' });
  return [until(request.closesAt, first), ...reminders(request, asked, ctx), ...manualReminders(request, asked)];
}

interface Recipient {
  personId: string;
  role: Role;
}

function answererRecipient(request: MentorRequest): Recipient {
  const role = request.kind === 'offer' ? 'mentee' : 'mentor';
  return { personId: answererOf(request) as string, role };
}

function askerRecipient(request: MentorRequest): Recipient {
  return { personId: askerOf(request), role: request.kind === 'offer' ? 'mentor' : 'mentee' };
}

/** The civil mornings on which the one who is asked is reminded: before the close, and not just after staff did (R7 to R9). */
function reminderSlots(
  request: MentorRequest,
  { policy, zone }: RequestContext,
): Array<{ day: number; slot: Instant }> {
  const opened = dateOf(request.openedAt, zone);
  return policy.remindAfterDays
    .map((day) => ({ day, slot: instantOf(addDays(opened, day), reminderTime, zone) }))
    .filter(({ slot }) => slot > request.openedAt && (request.closesAt === null || slot < request.closesAt))
    .filter(({ slot }) => !request.remindedAt.some((at) => at <= slot && slot <= at + replacesWithin));
}

function reminders(request: MentorRequest, asked: Recipient, ctx: RequestContext): RequestStep[] {
  const slots = reminderSlots(request, ctx);
  return slots.map(({ day, slot }, index) => {
    const step = said(request, asked, 'request-reminder', slot, { rule: 'R7', name: `reminder-${day}` });
    const next = slots[index + 1]?.slot ?? null;
    const message = { ...step.message, planned: true, variant: 'regular' };
    return until(next, until(request.closesAt, { ...step, message, from: decideAhead(slot, request.id, ctx.lead) }));
  });
}

function manualReminders(request: MentorRequest, asked: Recipient): RequestStep[] {
  return request.remindedAt.map((at, index) => {
    const step = said(request, asked, 'request-reminder', at, { rule: 'R9', name: `reminded-${index + 1}` });
    return until(request.closesAt, { ...step, message: { ...step.message, variant: 'manual' } });
  });
}

/** In staff-routed mode it is staff who are reminded, each person once (R15). */
function assignReminders(request: MentorRequest, { policy, zone, staff }: RequestContext): RequestStep[] {
  const due = instantOf(addDays(dateOf(request.openedAt, zone), policy.assignReminderDays), reminderTime, zone);
  const automatic = request.remindedAt.some((at) => at <= due && due <= at + replacesWithin) ? [] : [due];
  const named: Array<[string, Instant]> = [
    ...automatic.map((at): [string, Instant] => [`assign-reminder-${policy.assignReminderDays}`, at]),
    ...request.remindedAt.map((at, index): [string, Instant] => [`assign-reminded-${index + 1}`, at]),
  ];
  const readers = new Map<string, Role>();
  for (const role of ['coordinator', 'operations'] as const) {
    const personId = staff[role];
    if (personId && !readers.has(personId)) readers.set(personId, role);
  }
  return named.flatMap(([name, at]) =>
    [...readers].map(([personId, role]) =>
      said(request, { personId, role }, 'assign-reminder', at, { rule: 'R15', name, perRole: true }),
    ),
  );
}

/** What each end tells whom; what is told twice to nobody is told once here. */
function endedSteps(request: MentorRequest): RequestStep[] {
  const at = request.closedAt as Instant;
  const asker = askerRecipient(request);
  switch (request.status) {
    case 'accepted':
      return acceptedSteps(request, at);
    case 'declined':
      return [said(request, asker, 'request-declined', at, { rule: 'R6' })];
    case 'closed_unanswered':
      return [said(request, asker, 'request-closed', at, { rule: 'R8' })];
    case 'closed_by_staff':
      return [said(request, asker, 'request-closed', at, { rule: 'R9' })];
    case 'mentor_full':
      return [said(request, { personId: request.menteeId, role: 'mentee' }, 'mentor-full', at, { rule: 'R12' })];
    case 'withdrawn':
      return withdrawnSteps(request, at);
    default:
      return [];
  }
}

/** Whoever asked hears the answer; the mentor is prompted to write first (R5). */
function acceptedSteps(request: MentorRequest, at: Instant): RequestStep[] {
  const mentor: Recipient = { personId: request.mentorId as string, role: 'mentor' };
  const accepted = said(request, askerRecipient(request), 'request-accepted', at, { rule: 'R2' });
  const prompt = said(request, mentor, 'first-message-prompt', at, { rule: 'R5' });
  // The mentor who offered hears both at once: the prompt says that the offer was accepted.
  return request.kind === 'offer' ? [prompt] : [accepted, prompt];
}

/** Those who were asked are told, if they heard of it at all; of a mentee who found a mentor, the mentor who offered too (R12). */
function withdrawnSteps(request: MentorRequest, at: Instant): RequestStep[] {
  if (request.kind === 'list') return [];
  const full = request.reason === 'mentee_full';
  const offered = request.kind === 'offer';
  const mentor: Recipient = { personId: request.mentorId as string, role: 'mentor' };
  const told = full && offered ? mentor : answererRecipient(request);
  const step = said(request, told, 'request-withdrawn', at, { rule: 'R12' });
  if (full && offered) return [step];
  const onlyIfSent = keyOf(request, offered ? 'offer-received' : 'request-received', told.personId);
  return [{ ...step, message: { ...step.message, onlyIfSent } }];
}

function keyOf({ id, round }: MentorRequest, name: string, personId: string): string {
  return `${id}/${round}/${name}/${personId}`;
}

function said(
  request: MentorRequest,
  recipient: Recipient,
  template: string,
  at: Instant,
  { rule, name = template, perRole = false }: { rule: string; name?: string; perRole?: boolean },
): RequestStep {
  const { id, round, kind, menteeId, mentorId, closesAt, reason, status } = request;
  const message: MessageStep = {
    kind: 'message',
    key: keyOf(request, name, recipient.personId),
    stepKey: `${id}/${round}/${name}${perRole ? `/${recipient.role}` : ''}`,
    ...recipient,
    template,
    variant: null,
    channel: 'email',
    planned: false,
    slot: at,
    expiresAt: at + (perRole ? staffMailFor : standsFor),
    fields: { requestId: id, kind, menteeId, mentorId, status, reason, closesAt, openedAt: request.openedAt },
    heldBy: [],
    because: {
      rule,
      facts: [`request.${status === 'pending' ? (round > 1 ? 'reopened' : 'opened') : 'ended'}:${id}:${round}`],
    },
  };
  return { from: at, message, unless: unlessAnswered };
}

/** The step, over by an instant at the latest. */
function until(end: Instant | null, step: RequestStep): RequestStep {
  if (end === null || end >= step.message.expiresAt) return step;
  return { ...step, message: { ...step.message, expiresAt: end } };
}
