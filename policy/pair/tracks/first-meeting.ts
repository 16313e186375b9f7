import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Hold, MessageStep, PlannedStep, Step } from '../../step.ts';
import { DAY, type Instant, toRfc3339 } from '../../time.ts';
import { decideAt, idOf, type PairContext, staffOf } from '../context.ts';
import { personOf } from '../facts.ts';
import {
  compactFirstMeeting,
  type FirstMeetingState,
  haveMet,
  nothingYet,
  withFirstMeeting,
} from '../first-meeting/facts.ts';
import { alertAt, nudgeAt } from '../first-meeting/moments.ts';
import { leadsOf } from '../leads.ts';
import type { Track } from '../track.ts';

const nudgeStandsFor = 7 * DAY;
const parties = ['mentor', 'mentee'] as const;

/** Whether the two meet at all, after they were matched (S1). */
export const firstMeeting: Track<FirstMeetingState> = {
  open: nothingYet,
  apply: withFirstMeeting,
  due,
  performed: (state) => state,
  nextAt(state, now, ctx) {
    if (haveMet(state)) return null;
    const nudge = nudgeAt(state, ctx);
    const instants = [nudge === null ? null : decideAt(nudge, ctx), alertAt(state, ctx)];
    const upcoming = instants.filter((at): at is Instant => at !== null && at > now);
    return upcoming.length > 0 ? Math.min(...upcoming) : null;
  },
  holds: () => [],
  plan,
  view(state, now, ctx) {
    const open = due(state, now, ctx).flatMap((step) => (step.kind === 'case' ? [step] : []));
    return {
      openCases: open.map(({ key, caseKind, openedAt }) => ({
        id: idOf('case', key),
        kind: caseKind,
        since: toRfc3339(openedAt),
      })),
    };
  },
  compact: compactFirstMeeting,
};

function due(state: FirstMeetingState, now: Instant, ctx: PairContext): Step[] {
  if (haveMet(state)) return [];
  const steps: Step[] = [];
  const slot = nudgeAt(state, ctx);
  if (slot !== null && now >= decideAt(slot, ctx) && now < slot + nudgeStandsFor) steps.push(...nudges(slot, ctx));
  const told = alertAt(state, ctx);
  if (told !== null && now >= told && state.resolvedAt === null) {
    steps.push(caseOf(told, ctx));
    if (now < told + staffMailFor) steps.push(...alerts(told, ctx));
  }
  return steps;
}

function nudges(slot: Instant, ctx: PairContext): MessageStep[] {
  const stepKey = `${ctx.pairId}/first-meeting-nudge`;
  return parties.map((role) => {
    const personId = personOf(role, ctx) as string;
    return {
      kind: 'message',
      key: `${stepKey}/${personId}`,
      stepKey: `${stepKey}/${role}`,
      personId,
      role,
      template: 'first-meeting-nudge',
      variant: null,
      channel: 'email',
      planned: true,
      slot,
      expiresAt: slot + nudgeStandsFor,
      fields: { mentorId: ctx.mentorId, menteeId: ctx.menteeId },
      heldBy: ['automated', 'all'],
      because: { rule: 'S1', facts: [] },
    };
  });
}

function caseOf(openedAt: Instant, ctx: PairContext): CaseStep {
  return {
    kind: 'case',
    key: `${ctx.pairId}/first-meeting`,
    caseKind: 'first-meeting',
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'no_first_meeting',
    openedAt,
    facts: [],
    details: {},
    lines: [],
  };
}

/** They gather with those about other pairs that are decided in the same minute, so that one list goes. */
function alerts(slot: Instant, ctx: PairContext): MessageStep[] {
  const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, matchedAt: ctx.matchedAt };
  const because = { rule: 'S1', facts: [] };
  return leadsOf(ctx, ['coordinator']).map((reader) =>
    staffMail(`${ctx.pairId}/first-meeting-alert`, reader, 'first-meeting-alert', slot, fields, because),
  );
}

function plan(state: FirstMeetingState, now: Instant, until: Instant, ctx: PairContext, holds: Hold[]): PlannedStep[] {
  if (haveMet(state)) return [];
  const [nudge, alert] = [nudgeAt(state, ctx), alertAt(state, ctx)];
  const isHeld = (at: Instant): boolean =>
    holds.some(({ kind, from, until: end }) => kind === 'automated' && from <= at && (end === null || at < end));
  const steps = [
    ...(nudge === null || isHeld(nudge) ? [] : nudges(nudge, ctx)),
    ...(alert === null || state.resolvedAt !== null ? [] : alerts(alert, ctx)),
  ];
  return steps
    .filter(({ slot }) => slot > now && slot <= until)
    .map(({ key, slot, template, channel, personId, variant }) => ({
      ...{ key, at: slot, template, channel, to: personId, variant },
      unless: 'a meeting that was held, or one that is planned',
    }));
}
