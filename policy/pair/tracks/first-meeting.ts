import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Hold, MessageStep, Step } from '../../step.ts';
import { DAY, type Instant, toRfc3339 } from '../../time.ts';
import { decideAt, idOf, type PairContext, staffOf } from '../context.ts';
import { personOf } from '../facts.ts';
import { type FirstMeetingState, firstHeld, nothingYet, withFirstMeeting } from '../first-meeting/facts.ts';
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
    if (haveMet(state, ctx)) return null;
    const nudge = nudgeAt(state, ctx);
    const instants = [nudge === null ? null : decideAt(nudge, ctx), alertAt(state, ctx)];
    const upcoming = instants.filter((at): at is Instant => at !== null && at > now);
    return upcoming.length > 0 ? Math.min(...upcoming) : null;
  },
  holds: () => [],
  plan(state, now, until, ctx) {
    const slot = nudgeAt(state, ctx);
    if (haveMet(state, ctx) || slot === null || slot <= now || slot > until) return [];
    return nudges(slot, ctx).map(({ key, template, channel, personId, variant }) => ({
      ...{ key, at: slot, template, channel, to: personId, variant },
      unless: 'a meeting that was held, or one that is planned',
    }));
  },
  view(state, now, ctx, holds) {
    const open = due(state, now, ctx, holds).filter((step): step is CaseStep => step.kind === 'case');
    return {
      openCases: open.map(({ key, caseKind, openedAt }) => ({
        id: idOf('case', key),
        kind: caseKind,
        since: toRfc3339(openedAt),
      })),
    };
  },
  compact(state) {
    const kept = new Set([...state.held.slice(0, 5), ...state.scheduled.slice(-5)]);
    return {
      ...state,
      held: state.held.filter((fact) => kept.has(fact)),
      scheduled: state.scheduled.filter((fact) => kept.has(fact)),
    };
  },
};

function haveMet(state: FirstMeetingState, ctx: PairContext): boolean {
  const { meetings = 0, firstMeetingAt } = ctx.history;
  return meetings > 0 || firstMeetingAt !== undefined || firstHeld(state) !== null;
}

function due(state: FirstMeetingState, now: Instant, ctx: PairContext, _holds: Hold[]): Step[] {
  if (haveMet(state, ctx)) return [];
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

function alerts(slot: Instant, ctx: PairContext): MessageStep[] {
  const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, matchedAt: ctx.matchedAt };
  return leadsOf(ctx, ['coordinator']).map((reader) => ({
    ...staffMail(`${ctx.pairId}/first-meeting-alert`, reader, 'first-meeting-alert', slot, fields, {
      rule: 'S1',
      facts: [],
    }),
    planned: true,
  }));
}
