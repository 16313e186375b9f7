import type { CaseStep, Hold, MessageStep, PlannedStep, ReadPolicyStep, Step } from '../step.ts';
import { DAY, type Instant, toRfc3339 } from '../time.ts';
import { type PairContext, policyNow } from './context.ts';
import { copyOfState, isPaused, type PairState } from './state.ts';
import { trackNames, tracks } from './tracks/index.ts';

/** How long a closed pair's run stays for late facts. */
const stayAfterClosing = 30 * DAY;

/** A case step is remembered as long as it can be named; a message as long as it stands. */
const caseStands = 400 * DAY;

export interface Decision {
  /** Every message that stands at `now`. */
  messages: MessageStep[];
  /** Every case that the pair holds open, and those that it withdraws. */
  cases: CaseStep[];
  /** A policy document is to be read before anything is said. */
  read: ReadPolicyStep | null;
  /** Steps that were not yet carried out as they read now. */
  fresh: Array<MessageStep | CaseStep>;
  /** Whether a say is owed: something is fresh, something said no longer stands, or entries are still unmarked. */
  owed: boolean;
  /** Position of the last applied entry that this decision rests on. */
  order: number;
  /** When to decide again if nothing happens, `now` included; null when only a fact can bring news. */
  nextAt: Instant | null;
}

/**
 * Whether a hold stops a message: one whose slot lies in it, and one that is still to be heard when it begins, which is
 * then not made up for when it ends (W10). What is only recorded is stopped by its slot alone.
 */
function stopped(step: MessageStep, holds: Hold[], now: Instant): boolean {
  const reach = step.skip ? step.slot : Math.max(step.slot, now);
  return holds.some(
    (hold) => step.heldBy.includes(hold.kind) && hold.from <= reach && (hold.until === null || step.slot < hold.until),
  );
}

function holdsOf(state: PairState, now: Instant, ctx: PairContext): Hold[] {
  const holds: Hold[] = ctx.pauses.map((span) => ({ kind: 'all', ...span }));
  for (const name of trackNames) holds.push(...tracks[name].holds(state.tracks[name], now, ctx));
  return holds;
}

function standing(state: PairState, now: Instant, ctx: PairContext): Step[] {
  if (state.closed) return [];
  const steps: Step[] = [];
  for (const name of trackNames) steps.push(...tracks[name].due(state.tracks[name], now, ctx));
  if (!steps.some((step) => step.kind === 'message')) return steps;
  const holds = holdsOf(state, now, ctx);
  return steps.filter((step) => step.kind !== 'message' || !stopped(step, holds, now));
}

/** What a step says, for telling whether it was carried out as it reads now. */
export function printOf(step: Step): string {
  return JSON.stringify(step);
}

/**
 * What stands at `now`, what of it is new, and when to look again. Pure: the same state, instant and context give the
 * same decision, live and on a virtual clock.
 */
export function decide(state: PairState, now: Instant, ctx: PairContext): Decision {
  const messages: MessageStep[] = [];
  const cases: CaseStep[] = [];
  let read: ReadPolicyStep | null = null;
  for (const step of standing(state, now, ctx)) {
    if (step.kind === 'message') messages.push(step);
    else if (step.kind === 'case') cases.push(step);
    else read ??= step;
  }
  const named = [...messages, ...cases];
  const fresh = named.filter((step) => state.performed[step.key]?.print !== printOf(step));
  const owed =
    fresh.length > 0 ||
    isGone(state.performed, named, now) ||
    state.marks.length > 0 ||
    state.readMarks.length > 0 ||
    (mayRetire(state, now) && !state.retired);
  // A new policy and a case that ended change what stands: it is asked again at once.
  const again = read !== null || cases.some((step) => step.withdrawn);
  const nextAt = again ? now : nextAtOf(state, now, ctx);
  return { messages, cases, read, fresh, owed, order: state.facts, nextAt };
}

/** Whether something that was carried out, and would still stand, is named no more. */
function isGone(performed: PairState['performed'], named: Array<MessageStep | CaseStep>, now: Instant): boolean {
  for (const [key, { until }] of Object.entries(performed)) {
    if (until > now && !named.some((step) => step.key === key)) return true;
  }
  return false;
}

function nextAtOf(state: PairState, now: Instant, ctx: PairContext): Instant | null {
  if (state.closed) return state.closed.at + stayAfterClosing > now ? state.closed.at + stayAfterClosing : null;
  let next: Instant | null = null;
  for (const name of trackNames) {
    const at = tracks[name].nextAt(state.tracks[name], now, ctx);
    if (at !== null && (next === null || at < next)) next = at;
  }
  return next;
}

/** Whether a closed pair has stayed long enough for its run to end. */
export function mayRetire(state: PairState, now: Instant): boolean {
  return state.closed !== null && now >= state.closed.at + stayAfterClosing;
}

/** The state after a say with this decision was accepted: its steps are performed and its entries marked. */
export function saidState(state: PairState, decision: Decision, now: Instant, ctx: PairContext): PairState {
  const next = copyOfState(state);
  next.performed = performedSteps(state.performed, decision, now);
  next.marks = state.marks.filter((mark) => mark.order > decision.order);
  next.readMarks = [];
  next.retired = mayRetire(state, now);
  next.tracks = performedTracks(state.tracks, decision.fresh, now, ctx);
  return next;
}

function performedSteps(before: PairState['performed'], decision: Decision, now: Instant): PairState['performed'] {
  const performed: PairState['performed'] = {};
  for (const step of [...decision.messages, ...decision.cases]) {
    if (step.kind === 'case' && step.withdrawn) continue;
    const until = step.kind === 'message' ? (step.skip ? now : step.expiresAt) : step.openedAt + caseStands;
    const same = decision.fresh.includes(step) ? undefined : before[step.key];
    performed[step.key] = { print: same?.print ?? printOf(step), until };
  }
  return performed;
}

function performedTracks(
  before: PairState['tracks'],
  steps: Step[],
  now: Instant,
  ctx: PairContext,
): PairState['tracks'] {
  if (steps.length === 0) return before;
  const states: PairState['tracks'] = {};
  for (const name of trackNames) {
    states[name] = steps.reduce((state, step) => tracks[name].performed(state, step, now, ctx), before[name]);
  }
  return states;
}

/** The pair between two runs: forgotten is what can no longer change a decision. */
export function compactPair(state: PairState, now: Instant, ctx: PairContext): PairState {
  const states: Record<string, unknown> = {};
  for (const name of trackNames) states[name] = tracks[name].compact(state.tracks[name], now, ctx);
  return { ...state, tracks: states };
}

/** Each step until `until`, soonest first, with the condition that cancels it (V2). */
export function planPair(state: PairState, now: Instant, until: Instant, ctx: PairContext): PlannedStep[] {
  if (state.closed) return [];
  const holds = holdsOf(state, now, ctx).filter((hold) => hold.kind === 'all');
  return trackNames
    .flatMap((name) => tracks[name].plan(state.tracks[name], now, until, ctx))
    .filter((step) => !holds.some((hold) => hold.from <= step.at && (hold.until === null || step.at < hold.until)))
    .sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));
}

/** A pair as it is read, live from its workflow and in lists alike (E5). */
export function viewPair(state: PairState, now: Instant, ctx: PairContext): Record<string, unknown> {
  const views: Record<string, unknown> = {};
  const openCases: unknown[] = [];
  for (const name of trackNames) {
    const { openCases: cases, ...view } = tracks[name].view(state.tracks[name], now, ctx);
    Object.assign(views, view);
    if (Array.isArray(cases) && !state.closed) openCases.push(...cases);
  }
  const next = planPair(state, now, now + 14 * DAY, ctx).slice(0, 3);
  return {
    id: ctx.pairId,
    programId: ctx.programId,
    mentorId: ctx.mentorId,
    menteeId: ctx.menteeId,
    classId: ctx.calendar?.classId ?? null,
    state: state.closed ? 'closed' : isPaused(ctx, now) ? 'paused' : 'active',
    policyVersion: policyNow(ctx).version,
    ...views,
    openCases,
    next: next.map(({ key, at, template, channel, unless }) => ({ key, at: toRfc3339(at), template, channel, unless })),
  };
}
