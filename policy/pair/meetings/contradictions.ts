import { eventIdOf } from '../../event.ts';
import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Step } from '../../step.ts';
import type { Instant } from '../../time.ts';
import { type PairContext, policyAt, staffOf } from '../context.ts';
import { leadsOf } from '../leads.ts';
import { caseNames, type MeetingsState, resolvedAt } from './facts.ts';
import { type Meeting, meetingsOf, voiceOf } from './meetings.ts';

/** One says that they met, the other that they did not: a flag for the coordinator (K10). */

/** A meeting of which one says that it occurred and another that it did not, since the second of the two said so. */
interface Contradiction {
  meeting: Meeting;
  key: string;
  since: Instant;
}

/** What is for a person to settle: nobody has taken it back, and staff have not ended it. */
function openContradictions(state: MeetingsState, ctx: PairContext): Contradiction[] {
  return meetingsOf(state, ctx, 'acting').flatMap((meeting) => {
    const { first, reports } = meeting;
    const other = reports.find(({ occurred }) => occurred !== first.occurred);
    const key = `${ctx.pairId}/${first.ref}/${caseNames.contradiction}`;
    if (!other || resolvedAt(key, state) !== null) return [];
    return policyAt(other.receivedAt, ctx).policy.meetings ? [{ meeting, key, since: other.receivedAt }] : [];
  });
}

/** A flag for each contradiction, and the mail about it. */
export function dueContradictions(state: MeetingsState, now: Instant, ctx: PairContext): Step[] {
  return openContradictions(state, ctx).flatMap((open): Step[] => {
    const { meeting, key, since } = open;
    const flag = flagOf(open, ctx);
    if (now >= since + staffMailFor) return [flag];
    const fields = { reason: flag.reason, subject: meeting.id };
    const because = { rule: 'K10', facts: flag.facts };
    const mails = leadsOf(ctx, ['coordinator']).map((reader) => staffMail(key, reader, 'task', since, fields, because));
    return [flag, ...mails];
  });
}

function flagOf({ meeting, key, since }: Contradiction, ctx: PairContext): CaseStep {
  return {
    kind: 'case',
    key,
    caseKind: 'flag',
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'meeting_contradiction',
    openedAt: since,
    facts: meeting.reports.map(({ ref }) => eventIdOf(ref)),
    details: { priority: 'normal', meetingId: meeting.id },
    lines: [],
  };
}

/** The voices that an open contradiction rests on. */
export function disputedVoices(state: MeetingsState, ctx: PairContext): Set<string> {
  return new Set(openContradictions(state, ctx).flatMap(({ meeting }) => meeting.reports.map(voiceOf)));
}
