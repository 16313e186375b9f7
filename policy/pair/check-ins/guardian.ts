import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, Step } from '../../step.ts';
import { dateOf, type Instant } from '../../time.ts';
import { type PairContext, policyNow, staffOf, zoneOf } from '../context.ts';
import { leadsOf } from '../leads.ts';
import { type CheckInsState, resolvedAt } from './facts.ts';

/** A minor whose guardian should be asked, and has none, is an alert and never a silent skip (K2). */

const topic = 'guardian-missing';

/** The state once staff were told: a guardian who goes missing later is another case. */
export function withGuardianTold(state: CheckInsState, step: Step): CheckInsState {
  if (step.kind !== 'case' || !step.key.endsWith(`/${topic}`)) return state;
  return { ...state, guardianMissingSince: step.openedAt };
}

/** A case, and a mail to the coordinator, until a guardian is known or staff end it. */
export function dueGuardian(state: CheckInsState, now: Instant, ctx: PairContext): Step[] {
  const section = policyNow(ctx).policy.checkIns;
  if (!section?.respondents.includes('guardian') || !ctx.menteeIsMinor || ctx.guardianId !== null) return [];
  const since = state.guardianMissingSince ?? now;
  if (since <= resolvedAt(topic, state)) return [];
  const key = `${ctx.pairId}/${dateOf(since, zoneOf(ctx))}/${topic}`;
  const open: CaseStep = {
    kind: 'case',
    key,
    caseKind: 'task',
    personId: ctx.menteeId,
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'guardian_missing',
    openedAt: since,
    facts: [],
    details: {},
    lines: [],
  };
  if (now >= since + staffMailFor) return [open];
  const fields = { mentorId: ctx.mentorId, menteeId: ctx.menteeId };
  const because = { rule: 'K2', facts: [] };
  return [
    open,
    ...leadsOf(ctx, ['coordinator']).map((reader) => staffMail(key, reader, topic, since, fields, because)),
  ];
}
