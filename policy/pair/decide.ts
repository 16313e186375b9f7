import type { CaseStep, EffectStep, Hold, MessageStep, ReadPolicyStep, RecordSet, SaidStep, Step } from '../step.ts';
import { DAY, dateOf, earliest, earliestAfter, type Instant } from '../time.ts';
import { hasClassAhead, type PairContext, zoneOf } from './context.ts';
import { copyOfState, isPaused, type PairState } from './state.ts';
import { type TrackName, trackNames, tracks } from './tracks/index.ts';

/** How long a closed pair's run stays for late facts. */
const stayAfterClosing = 30 * DAY;

/** A case or an effect is remembered as long as it can be named; a message as long as it stands. */
const namedFor = 400 * DAY;

export interface Decision {
  /** Every message that stands at `now`. */
  messages: MessageStep[];
  /** Every case that the pair holds open, and those that it withdraws. */
  cases: CaseStep[];
  /** What is to be brought about beyond the pair; done once for each key. */
  effects: EffectStep[];
  /** What reports are to read of the pair. */
  records: RecordSet[];
  /** A policy document is to be read before anything is said. */
  read: ReadPolicyStep | null;
  /** Steps that were not yet carried out as they read now. */
  fresh: SaidStep[];
  /** Whether a say is owed: something is fresh, something said no longer stands, or entries are still unmarked. */
  owed: boolean;
  /** The pair has ended, and long enough ago for its run to end with this say. */
  retires: boolean;
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

/** Every span in which something is held back: the pauses of staff, and what each concern holds. */
export function holdsOf(state: PairState, now: Instant, ctx: PairContext): Hold[] {
  const holds: Hold[] = ctx.pauses.map((span) => ({ kind: 'all', ...span }));
  for (const name of trackNames) holds.push(...tracks[name].holds(state.tracks[name], now, ctx));
  return holds;
}

/** The concerns that have something to say: all while the match lasts, then those that outlive it. */
export function speaking(ctx: PairContext): readonly TrackName[] {
  return ctx.closed ? trackNames.filter((name) => tracks[name].outlivesPair) : trackNames;
}

function standing(state: PairState, now: Instant, ctx: PairContext, holds: Hold[]): Step[] {
  const steps: Step[] = [];
  for (const name of speaking(ctx)) steps.push(...tracks[name].due(state.tracks[name], now, ctx, holds));
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
  const holds = holdsOf(state, now, ctx);
  const steps = standing(state, now, ctx, holds);
  const messages = steps.filter((step) => step.kind === 'message');
  const cases = steps.filter((step) => step.kind === 'case');
  const effects = steps.filter((step) => step.kind === 'effect');
  const named = [...messages, ...cases, ...effects];
  const fresh = named.filter((step) => state.performed[step.key]?.print !== printOf(step));
  const read = steps.find((step) => step.kind === 'read-policy') ?? readAtWake(fresh, now, ctx);
  const retires = mayRetire(named, now, ctx);
  const owed =
    fresh.length > 0 ||
    isGone(state.performed, named, now) ||
    state.marks.length > 0 ||
    state.readMarks.length > 0 ||
    showsPaused(now, ctx) !== (state.paused ?? false) ||
    (retires && !state.retired);
  // A new policy and a case that ended change what stands: it is asked again at once.
  const again = read !== null || cases.some((step) => step.withdrawn);
  const nextAt = again ? now : nextAtOf(state, now, ctx, holds);
  const records = owed ? recordsOf(state, now, ctx, holds) : [];
  return { messages, cases, effects, records, read, fresh, owed, retires, order: state.facts, nextAt };
}

/** A pair without a class reads the current policy as it wakes with something to say, once a day at most (V7). */
function readAtWake(fresh: SaidStep[], now: Instant, ctx: PairContext): ReadPolicyStep | null {
  const today = dateOf(now, zoneOf(ctx));
  if (fresh.length === 0 || ctx.closed || hasClassAhead(ctx, today)) return null;
  if (dateOf(ctx.policyReadAt, zoneOf(ctx)) >= today) return null;
  return { kind: 'read-policy', key: `${ctx.pairId}/${today}/policy`, since: now };
}

/** Whether something that was carried out, and would still stand, is named no more. */
function isGone(performed: PairState['performed'], named: SaidStep[], now: Instant): boolean {
  for (const [key, { until }] of Object.entries(performed)) {
    if (until > now && !named.some((step) => step.key === key)) return true;
  }
  return false;
}

/** Whether it is in a pause of staff, of which lists and the feed of changes learn by a say, as they do of its end (S11). */
export function showsPaused(now: Instant, ctx: PairContext): boolean {
  return ctx.closed === null && isPaused(ctx, now);
}

/** When a closed pair's run may end, or when a dated pause does; null when neither lies ahead. */
function nextChangeOf(now: Instant, ctx: PairContext): Instant | null {
  return earliestAfter(now, ctx.closed ? [ctx.closed.at + stayAfterClosing] : ctx.pauses.map(({ until }) => until));
}

function nextAtOf(state: PairState, now: Instant, ctx: PairContext, holds: Hold[]): Instant | null {
  const instants = speaking(ctx).map((name) => tracks[name].nextAt(state.tracks[name], now, ctx, holds));
  return earliest([nextChangeOf(now, ctx), ...instants]);
}

/** A closed pair's run ends once it has stayed long enough and nothing stands any more. */
function mayRetire(named: SaidStep[], now: Instant, ctx: PairContext): boolean {
  if (ctx.closed === null || now < ctx.closed.at + stayAfterClosing) return false;
  return named.every((step) => step.kind === 'case' && step.withdrawn);
}

function recordsOf(state: PairState, now: Instant, ctx: PairContext, holds: Hold[]): RecordSet[] {
  return trackNames.flatMap((name) => tracks[name].records?.(state.tracks[name], now, ctx, holds) ?? []);
}

/** The state after a say with this decision was accepted: its steps are performed and its entries marked. */
export function saidState(state: PairState, decision: Decision, now: Instant, ctx: PairContext): PairState {
  const next = copyOfState(state);
  next.performed = performedSteps(state.performed, decision, now);
  next.marks = state.marks.filter((mark) => mark.order > decision.order);
  next.readMarks = [];
  next.retired = decision.retires;
  next.paused = showsPaused(now, ctx);
  next.tracks = performedTracks(state.tracks, decision.fresh, now, ctx);
  return next;
}

function performedSteps(before: PairState['performed'], decision: Decision, now: Instant): PairState['performed'] {
  const performed: PairState['performed'] = {};
  for (const step of [...decision.messages, ...decision.cases, ...decision.effects]) {
    if (step.kind === 'case' && step.withdrawn) continue;
    const same = decision.fresh.includes(step) ? undefined : before[step.key];
    performed[step.key] = { print: same?.print ?? printOf(step), until: standsUntil(step, now) };
  }
  return performed;
}

function standsUntil(step: SaidStep, now: Instant): Instant {
  if (step.kind === 'message') return step.skip ? now : step.expiresAt;
  return (step.kind === 'case' ? step.openedAt : step.at) + namedFor;
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
  const holds = holdsOf(state, now, ctx);
  for (const name of trackNames) states[name] = tracks[name].compact(state.tracks[name], now, ctx, holds);
  return { ...state, tracks: states };
}
