import { eventIdOf } from '../../event.ts';
import type { Respondent } from '../../sections/check-ins.ts';
import type { Hold, MessageStep, PlannedStep } from '../../step.ts';
import { addDays, DAY, dateOf, type Instant, instantOf } from '../../time.ts';
import { covers, decideAt, type PairContext, policyAt, zoneOf } from '../context.ts';
import { personOf, roleOf } from '../facts.ts';
import type { MeetingReport, MeetingsState } from './facts.ts';
import { type Meeting, meetingsOf } from './meetings.ts';

/** What reports of a meeting leave out is asked for once more, of one voice (K8). */

const askedAt = '09:00';
const standsFor = 7 * DAY;

/** A question that is to be asked of somebody who reported a meeting. */
interface Question {
  meeting: Meeting;
  report: MeetingReport;
  role: Respondent;
  personId: string;
  slot: Instant;
}

/**
 * The questions about meetings of which nobody has told everything: of each, one to the participant who reported it first.
 * What one voice gave is not asked of the other, and nothing is asked about a meeting that is in dispute.
 */
function questionsOf(state: MeetingsState, ctx: PairContext): Question[] {
  return meetingsOf(state, ctx, 'acting').flatMap((meeting) => {
    if (meeting.occurred !== true || meeting.missing.length === 0) return [];
    const report = meeting.reports.find(({ by }) => roleOf(by, ctx) !== null);
    const role = report ? roleOf(report.by, ctx) : null;
    const personId = role && personOf(role, ctx);
    const slot = report ? questionAt(report, ctx) : null;
    return report && role && personId && slot !== null ? [{ meeting, report, role, personId, slot }] : [];
  });
}

/** When a reporter is asked; null where the version that is in force then, or that names another day, does not ask (V7). */
function questionAt({ receivedAt }: MeetingReport, ctx: PairContext): Instant | null {
  const zone = zoneOf(ctx);
  for (const { policy, version } of ctx.policies) {
    if (!policy.meetings) continue;
    const date = addDays(dateOf(receivedAt, zone), policy.meetings.askMissingAfterDays);
    const at = instantOf(date, askedAt, zone);
    if (at >= receivedAt && policyAt(at, ctx).version === version) return at;
  }
  return null;
}

function keyOf({ report }: Question, ctx: PairContext): string {
  return `${ctx.pairId}/${report.ref}/meeting-details`;
}

function messageOf(question: Question, ctx: PairContext): MessageStep {
  const { meeting, report, role, personId, slot } = question;
  const key = keyOf(question, ctx);
  return {
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
    fields: {
      meetingId: meeting.id,
      at: report.at,
      missing: meeting.missing,
      mentorId: ctx.mentorId,
      menteeId: ctx.menteeId,
    },
    heldBy: ['automated', 'all'],
    because: { rule: 'K8', facts: [eventIdOf(report.ref)] },
  };
}

/** The questions that stand at `now`. */
export function dueQuestions(state: MeetingsState, now: Instant, ctx: PairContext): MessageStep[] {
  return questionsOf(state, ctx)
    .filter(({ slot }) => now >= decideAt(slot, ctx) && now < slot + standsFor)
    .map((question) => messageOf(question, ctx));
}

/** When questions are decided. */
export function questionInstants(state: MeetingsState, ctx: PairContext): Instant[] {
  return questionsOf(state, ctx).map(({ slot }) => decideAt(slot, ctx));
}

/** The questions of the future. */
export function plannedQuestions(
  state: MeetingsState,
  now: Instant,
  until: Instant,
  ctx: PairContext,
  holds: Hold[],
): PlannedStep[] {
  const isHeld = (at: Instant): boolean => holds.some((hold) => hold.kind === 'automated' && covers(hold, at));
  return questionsOf(state, ctx)
    .filter(({ slot }) => slot > now && slot <= until && !isHeld(slot))
    .map((question) => ({
      key: keyOf(question, ctx),
      at: question.slot,
      template: 'meeting-details',
      channel: 'email',
      to: question.personId,
      variant: null,
      unless: 'the missing facts before then',
    }));
}
