import type { Hold, PlannedStep, Step } from '../../step.ts';
import { DAY, earliest, type Instant, toRfc3339 } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { casesOf, isOpen, type SafetyCase } from '../safety/cases.ts';
import { noConcerns, type SafetyState, withFact } from '../safety/facts.ts';
import { caseStepOf, messagesFor, nextCallOf } from '../safety/steps.ts';
import type { Track } from '../track.ts';

/** K6 of the behaviours: a worry opens a case at once, and people are called until one of them answers. */
export const safety: Track<SafetyState> = {
  open: noConcerns,
  apply: withFact,
  due,
  performed(state, step, now) {
    if (step.kind !== 'case' || step.caseKind !== 'safety') return state;
    const news = step.facts.filter((ref) => !state.told.some((said) => said.ref === ref));
    if (news.length === 0) return state;
    const told = [...state.told, ...news.map((ref) => ({ ref, at: now }))];
    return { ...state, told: told.sort((a, b) => a.at - b.at || (a.ref < b.ref ? -1 : 1)) };
  },
  nextAt(state, now, ctx) {
    return earliest(openCases(state, ctx).map((item) => nextCallOf(item, now, ctx)?.at ?? null));
  },
  holds: (state, _now, ctx) => [
    ...state.past.map((span): Hold => ({ kind: 'safety', ...span })),
    ...casesOf(state, ctx).map((item): Hold => ({ kind: 'safety', from: item.openedAt, until: item.resolvedAt })),
  ],
  plan,
  view: (state, _now, ctx) => ({
    openCases: openCases(state, ctx)
      .filter(isOwn)
      .map(({ caseId, openedAt }) => ({ id: caseId, kind: 'safety', since: toRfc3339(openedAt) })),
  }),
  compact,
  outlivesPair: true,
};

function isOwn(item: SafetyCase): item is SafetyCase & { key: string } {
  return item.key !== null;
}

function openCases(state: SafetyState, ctx: PairContext): SafetyCase[] {
  return state.concerns.length === 0 ? [] : casesOf(state, ctx).filter(isOpen);
}

function due(state: SafetyState, now: Instant, ctx: PairContext): Step[] {
  return openCases(state, ctx).flatMap((item): Step[] => {
    const messages = messagesFor(item, now, state, ctx);
    return isOwn(item) ? [...messages, caseStepOf(item, now, state, ctx)] : messages;
  });
}

/** The next call of each case; those after it follow from there. */
function plan(state: SafetyState, now: Instant, until: Instant, ctx: PairContext): PlannedStep[] {
  return openCases(state, ctx).flatMap((item): PlannedStep[] => {
    const call = nextCallOf(item, now, ctx);
    if (call === null || call.at > until) return [];
    const { k, at, personId: to } = call;
    const prefix = `${ctx.pairId}/${item.calling.concern.ref}/safety-alert-${k}`;
    const planned = { at, template: 'safety-alert', to, variant: null, sensitive: true } as const;
    const unless = 'the case is acknowledged before then';
    return [
      { ...planned, key: `${prefix}/${to}`, channel: 'email', unless },
      { ...planned, key: `${prefix}-text/${to}`, channel: 'sms', unless },
    ];
  });
}

/** How long what a case rested on is known after it has ended: an entry may be told again. */
const keptFor = 70 * DAY;
/** How long it is known when a case was open, for what is judged by such spans. */
const spansKeptFor = 400 * DAY;

/** A case is forgotten some time after it has ended, unless one that follows from it is not. */
function isForgotten(item: SafetyCase, now: Instant): boolean {
  if (item.resolvedAt === null || item.resolvedAt > now - keptFor) return false;
  return item.followedBy === null || isForgotten(item.followedBy, now);
}

function compact(state: SafetyState, now: Instant, ctx: PairContext): SafetyState {
  const cases = casesOf(state, ctx);
  const gone = cases.filter((item) => isForgotten(item, now));
  const kept = cases.filter((item) => !gone.includes(item));
  const refs = new Set(kept.flatMap(({ opener, attached }) => [opener, ...attached]).map(({ ref }) => ref));
  const caseIds = new Set(kept.map(({ caseId }) => caseId));
  const recent = ({ at }: { at: Instant }): boolean => at > now - keptFor;
  const spans = [...state.past, ...gone.map(({ openedAt, resolvedAt }) => ({ from: openedAt, until: resolvedAt }))];
  return {
    concerns: state.concerns.filter(({ ref }) => refs.has(ref)),
    acknowledgements: state.acknowledgements.filter((fact) => caseIds.has(fact.caseId) || recent(fact)),
    resolutions: state.resolutions.filter((fact) => caseIds.has(fact.caseId) || recent(fact)),
    // A retraction may come before what it takes back.
    retractions: state.retractions.filter((fact) => refs.has(fact.retracts) || recent(fact)),
    told: state.told.filter(({ ref }) => refs.has(ref)),
    past: spans.filter(({ until }) => until !== null && until > now - spansKeptFor),
  };
}
