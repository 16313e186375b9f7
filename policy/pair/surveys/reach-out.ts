import { eventIdOf } from '../../event.ts';
import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, EffectStep, MessageStep, Step } from '../../step.ts';
import { earliestAfter, type Instant } from '../../time.ts';
import { effectsNamedFor, effectsOfOutcome } from '../case-outcomes.ts';
import { idOf, type PairContext, staffOf } from '../context.ts';
import { personOf } from '../facts.ts';
import { leadsOf } from '../leads.ts';
import { reachOutTasks, type SurveyAnswer, type SurveysState } from './facts.ts';
import { type Intervention, interventionsOf } from './interventions.ts';

/**
 * What an intervention asks of staff (S3): its case, a task to reach out to each of the two, and one mail. Only the mail to
 * staff tells the score, and the case does not say whose it was.
 */

const parties = ['mentor', 'mentee'] as const;
type Party = (typeof parties)[number];

function taskKey({ prefix }: Intervention, party: Party): string {
  return `${prefix}/${reachOutTasks[party]}`;
}

/** Ids of an intervention's case and of its tasks. */
export function caseIdsOf(intervention: Intervention): string[] {
  return [intervention.caseId, ...parties.map((party) => idOf('case', taskKey(intervention, party)))];
}

function isResolved(state: SurveysState, caseId: string): boolean {
  return state.resolutions.some((resolution) => resolution.caseId === caseId);
}

function caseOf(intervention: Intervention, key: string, ctx: PairContext): CaseStep {
  const { since, all, lows } = intervention;
  return {
    kind: 'case',
    key,
    caseKind: 'intervention',
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: 'low_rating',
    openedAt: since,
    facts: lows.map(({ ref }) => ref),
    details: {},
    lines: all.slice(1).map(({ ref }) => ({ code: 'low_again', ref: eventIdOf(ref) })),
  };
}

/** The tasks that staff have not resolved; they end with the intervention. */
function tasksOf(intervention: Intervention, state: SurveysState, ctx: PairContext): CaseStep[] {
  const { all, caseId, resolved } = intervention;
  const open = parties.filter((party) => !isResolved(state, idOf('case', taskKey(intervention, party))));
  return open.map((party) => ({
    kind: 'case',
    key: taskKey(intervention, party),
    caseKind: 'task',
    personId: personOf(party, ctx) as string,
    assignee: staffOf(ctx, 'coordinator'),
    supervisor: staffOf(ctx, 'supervisor'),
    reason: reachOutTasks[party].replaceAll('-', '_'),
    openedAt: (all[0] as SurveyAnswer).receivedAt,
    facts: [],
    details: { interventionId: caseId },
    lines: [],
    ...(resolved && { outcome: 'resolved' }),
  }));
}

function mailsOf(intervention: Intervention, now: Instant, ctx: PairContext): MessageStep[] {
  const [low] = intervention.lows;
  if (!low || now >= low.receivedAt + staffMailFor) return [];
  const { personId, instrument, score, scale } = low;
  const [mentorTask, menteeTask] = parties.map((party) => idOf('case', taskKey(intervention, party)));
  const about = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, personId, instrument, score, scale };
  const fields = { ...about, interventionId: intervention.caseId, mentorTask, menteeTask };
  const because = { rule: 'S3', facts: [low.ref] };
  return leadsOf(ctx, ['coordinator']).map((reader) =>
    staffMail(`${intervention.prefix}/low-rating`, reader, 'low-rating', low.receivedAt, fields, because),
  );
}

/**
 * What stands of the interventions at `now`: of one that staff have ended only its tasks, for a while, as ended with it. What
 * the end of the match leaves open is moot.
 */
export function dueInterventions(state: SurveysState, now: Instant, ctx: PairContext): Step[] {
  return interventionsOf(state, ctx).flatMap((intervention): Step[] => {
    const { key, endedAt, lows, resolved } = intervention;
    const tasks = lows.length > 0 ? tasksOf(intervention, state, ctx) : [];
    if (endedAt !== null) return resolved && now < endedAt + effectsNamedFor ? tasks : [];
    if (ctx.closed) return [];
    return [...(key === null ? [] : [caseOf(intervention, key, ctx)]), ...tasks, ...mailsOf(intervention, now, ctx)];
  });
}

/** What staff made of interventions beyond the pair (S4). */
export function dueEffects(state: SurveysState, now: Instant, ctx: PairContext): EffectStep[] {
  return state.resolutions.flatMap(({ outcome }) => (outcome ? effectsOfOutcome(outcome, now, ctx) : []));
}

/** When what follows from a resolution is named no more; the first such instant after `now`. */
export function resolutionsNamedUntil(state: SurveysState, now: Instant): Instant | null {
  const instants = state.resolutions.map(({ receivedAt }) => receivedAt + effectsNamedFor);
  return earliestAfter(now, instants);
}

/** The cases that are open, as the pair shows them. */
export function openCases(state: SurveysState, ctx: PairContext): Array<{ id: string; kind: string; since: Instant }> {
  const intervention = interventionsOf(state, ctx).at(-1);
  if (!intervention || intervention.endedAt !== null) return [];
  const { key, caseId, since, lows } = intervention;
  const own = key === null ? [] : [{ id: caseId, kind: 'intervention', since }];
  const tasks = lows.length > 0 ? tasksOf(intervention, state, ctx) : [];
  return [...own, ...tasks.map((task) => ({ id: idOf('case', task.key), kind: 'task', since: task.openedAt }))];
}
