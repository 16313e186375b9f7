import { eventIdOf } from '../../event.ts';
import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { MessageStep, Step } from '../../step.ts';
import { addDays, DAY, dateOf, type Instant, instantOf } from '../../time.ts';
import { decideAt, type PairContext, policyAt, staffOf, zoneOf } from '../context.ts';
import { personOf } from '../facts.ts';
import { leadsOf } from '../leads.ts';
import type { MeetingReport, MeetingsState } from './facts.ts';
import { type Meeting, meetingsOf } from './meetings.ts';

/** What a report leaves out is asked for once; what two reports contradict each other in is for a person (K8, K10). */

const askedAt = '09:00';
const standsFor = 7 * DAY;
const participants = ['mentor', 'mentee', 'guardian'] as const;

/** When the reporter of a meeting is asked for what is missing; null where nobody is. */
function questionAt({ first }: Meeting, ctx: PairContext): Instant | null {
  const section = policyAt(first.receivedAt, ctx).policy.meetings;
  if (!section || first.history) return null;
  const zone = zoneOf(ctx);
  return instantOf(addDays(dateOf(first.receivedAt, zone), section.askMissingAfterDays), askedAt, zone);
}

function questionOf(meeting: Meeting, slot: Instant, ctx: PairContext): MessageStep[] {
  const { first, missing, at } = meeting;
  const role = participants.find((one) => one === first.by);
  const personId = role ? personOf(role, ctx) : null;
  if (!role || !personId) return [];
  const key = `${ctx.pairId}/${first.ref}/meeting-details`;
  const fields = { meetingId: meeting.id, at, missing, mentorId: ctx.mentorId, menteeId: ctx.menteeId };
  return [
    {
      kind: 'message',
      key,
      stepKey: key,
      personId,
      role,
      template: 'meeting-details',
      variant: null,
      channel: 'email',
      planned: true,
      slot,
      expiresAt: slot + standsFor,
      fields,
      heldBy: ['automated', 'all'],
      because: { rule: 'K8', facts: [eventIdOf(first.ref)] },
    },
  ];
}

/** The questions that stand at `now` about meetings of which something is not known. */
export function dueQuestions(state: MeetingsState, now: Instant, ctx: PairContext): MessageStep[] {
  return meetingsOf(state, ctx).flatMap((meeting) => {
    const slot = questionAt(meeting, ctx);
    if (slot === null || meeting.occurred !== true || meeting.missing.length === 0) return [];
    return now >= decideAt(slot, ctx) && now < slot + standsFor ? questionOf(meeting, slot, ctx) : [];
  });
}

/** When questions about meetings that were reported lately are decided. */
export function questionInstants(state: MeetingsState, ctx: PairContext): Instant[] {
  return meetingsOf(state, ctx).flatMap((meeting) => {
    const slot = meeting.missing.length > 0 ? questionAt(meeting, ctx) : null;
    return slot === null ? [] : [decideAt(slot, ctx)];
  });
}

/** A flag for each meeting of which one says that it occurred and another that it did not. */
export function dueContradictions(state: MeetingsState, now: Instant, ctx: PairContext): Step[] {
  return meetingsOf(state, ctx).flatMap((meeting): Step[] => {
    const key = contradictionKey(meeting, ctx);
    if (meeting.occurred !== null || state.resolved.some((fact) => fact.caseKey === key)) return [];
    const openedAt = Math.max(...meeting.reports.map((report) => report.receivedAt));
    if (meeting.reports.some((report) => report.history)) return [];
    const fields = { reason: 'meeting_contradiction', subject: meeting.id };
    const because = { rule: 'K10', facts: meeting.reports.map(({ ref }) => eventIdOf(ref)) };
    const mails = leadsOf(ctx, ['coordinator']).map((reader) =>
      staffMail(key, reader, 'task', openedAt, fields, because),
    );
    return now < openedAt + staffMailFor
      ? [flagOf(meeting, key, openedAt, ctx), ...mails]
      : [flagOf(meeting, key, openedAt, ctx)];
  });
}

/** Whether somebody still has to say which of two reports is right. */
export function isContradicted(meeting: Meeting, state: MeetingsState, ctx: PairContext): boolean {
  return meeting.occurred === null && !state.resolved.some((fact) => fact.caseKey === contradictionKey(meeting, ctx));
}

function contradictionKey({ first }: Meeting, ctx: PairContext): string {
  return `${ctx.pairId}/${first.ref}/meeting-contradiction`;
}

function flagOf(meeting: Meeting, key: string, openedAt: Instant, ctx: PairContext): Step {
  return {
    kind: 'case',
    key,
    caseKind: 'flag',
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'meeting_contradiction',
    openedAt,
    facts: meeting.reports.map(({ ref }: MeetingReport) => eventIdOf(ref)),
    details: { priority: 'normal', meetingId: meeting.id },
    lines: [],
  };
}
