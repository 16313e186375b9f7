import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Hold, MessageStep, PlannedStep, Step } from '../../step.ts';
import { DAY, earliestAfter, type Instant } from '../../time.ts';
import { covers, decideAt, type PairContext, staffOf } from '../context.ts';
import { bothOf } from '../facts.ts';
import {
  compactFirstMeeting,
  type FirstMeetingState,
  haveMet,
  nothingYet,
  withFirstMeeting,
} from '../first-meeting/facts.ts';
import { alertAt, nudgeAt } from '../first-meeting/moments.ts';
import { leadsOf } from '../leads.ts';
import { openCasesIn } from '../open-cases.ts';
import { type ParticipantMail, participantMail } from '../participant-mail.ts';
import type { Track } from '../track.ts';

const nudgeStandsFor = 7 * DAY;

/** Whether the two meet at all, after they were matched (S1). */
export const firstMeeting: Track<FirstMeetingState> = {
  open: nothingYet,
  apply: withFirstMeeting,
  due,
  performed: (state) => state,
  nextAt(state, now, ctx) {
    if (haveMet(state)) return null;
    const nudge = nudgeAt(state, ctx);
    return earliestAfter(now, [nudge === null ? null : decideAt(nudge, ctx), alertAt(state, ctx)]);
  },
  holds: () => [],
  plan,
  view: (state, now, ctx) => ({ openCases: openCasesIn(due(state, now, ctx)) }),
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
  const mail: ParticipantMail = {
    stepKey: `${ctx.pairId}/first-meeting-nudge`,
    template: 'first-meeting-nudge',
    planned: true,
    slot,
    expiresAt: slot + nudgeStandsFor,
    heldBy: ['automated', 'all'],
    because: { rule: 'S1', facts: [] },
  };
  return bothOf(ctx).map((party) => participantMail(party, mail, ctx));
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
  const isHeld = (at: Instant): boolean => holds.some((hold) => hold.kind === 'automated' && covers(hold, at));
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
