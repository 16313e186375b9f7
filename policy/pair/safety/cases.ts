import { callsAgain } from '../../safety/ladder.ts';
import type { Instant } from '../../time.ts';
import { idOf, type PairContext } from '../context.ts';
import type { Acknowledgement, Concern, Resolution, SafetyState } from './facts.ts';

/** The safety cases of a pair, worked out from its facts in the order in which they were accepted (K6). */

/** What calls people: the concern that began it, and whether the others are called in the day only. */
export interface Calling {
  concern: Concern;
  from: Instant;
  byDay: boolean;
}

export interface SafetyCase {
  caseId: string;
  /** Key of a case that this pair opens; null for one that has a row of its own. */
  key: string | null;
  opener: Concern;
  openedAt: Instant;
  /** Further concerns, in order. */
  attached: Concern[];
  calling: Calling;
  acknowledged: { by: string; at: Instant } | null;
  resolvedAt: Instant | null;
  /** The case of what was not yet seen when this one was ended. */
  followedBy: SafetyCase | null;
}

type Happening =
  | { kind: 'concern'; at: Instant; ref: string; concern: Concern }
  | { kind: 'acknowledged'; at: Instant; ref: string; fact: Acknowledgement }
  | { kind: 'resolved'; at: Instant; ref: string; fact: Resolution };

function happeningsOf({ concerns, acknowledgements, resolutions }: SafetyState): Happening[] {
  const happenings: Happening[] = [
    ...concerns.map((concern): Happening => ({ kind: 'concern', at: concern.at, ref: concern.ref, concern })),
    ...acknowledgements.map((fact): Happening => ({ kind: 'acknowledged', at: fact.at, ref: fact.ref, fact })),
    ...resolutions.map((fact): Happening => ({ kind: 'resolved', at: fact.at, ref: fact.ref, fact })),
  ];
  return happenings.sort((a, b) => a.at - b.at || (a.ref < b.ref ? -1 : 1));
}

/** When a concern could be seen in its case; one that came with a row of its own at once, null for one not said yet. */
export function seenSince({ ref, at, caseId }: Concern, { told }: SafetyState): Instant | null {
  return caseId !== null ? at : (told.find((said) => said.ref === ref)?.at ?? null);
}

/** Every case that the facts make, in the order in which they were opened. */
export function casesOf(state: SafetyState, ctx: PairContext): SafetyCase[] {
  const cases: SafetyCase[] = [];
  const openOne = (caseId: string): SafetyCase | undefined =>
    cases.find((item) => item.caseId === caseId && item.resolvedAt === null);
  for (const happening of happeningsOf(state)) {
    if (happening.kind === 'concern') worry(cases, happening.concern, happening.at, ctx);
    else if (happening.kind === 'acknowledged') {
      const item = openOne(happening.fact.caseId);
      if (item && item.acknowledged === null) item.acknowledged = { by: happening.fact.by, at: happening.at };
    } else {
      const item = openOne(happening.fact.caseId);
      if (item) resolve(cases, item, happening.at, state, ctx);
    }
  }
  return cases;
}

/** A concern belongs to the case that it names, else to the pair's own that is open, else it opens one. */
function worry(cases: SafetyCase[], concern: Concern, at: Instant, ctx: PairContext): SafetyCase {
  const named = concern.caseId === null ? undefined : cases.find((item) => item.caseId === concern.caseId);
  if (concern.caseId !== null && !named) return opened(cases, concern, at, { caseId: concern.caseId, key: null });
  const standing = named?.resolvedAt === null ? named : cases.find((item) => item.key !== null && isOpen(item));
  if (standing) {
    attach(standing, concern);
    return standing;
  }
  const key = `${ctx.pairId}/${concern.ref}/safety`;
  return opened(cases, concern, at, { caseId: idOf('case', key), key });
}

export function isOpen({ resolvedAt }: SafetyCase): boolean {
  return resolvedAt === null;
}

function opened(
  cases: SafetyCase[],
  concern: Concern,
  at: Instant,
  identity: Pick<SafetyCase, 'caseId' | 'key'>,
): SafetyCase {
  const item: SafetyCase = {
    ...identity,
    opener: concern,
    openedAt: at,
    attached: [],
    calling: { concern, from: at, byDay: concern.cause === 'discomfort' },
    acknowledged: concern.knownTo === null ? null : { by: concern.knownTo, at },
    resolvedAt: null,
    followedBy: null,
  };
  cases.push(item);
  return item;
}

/**
 * What is graver than discomfort begins a ladder that is climbed at any hour, from its first person on; so does a further
 * worry that comes long after somebody has answered.
 */
function attach(item: SafetyCase, concern: Concern): void {
  const { at, cause, knownTo } = concern;
  item.attached.push(concern);
  if (knownTo !== null) item.acknowledged ??= { by: knownTo, at };
  if (knownTo !== null) return;
  const byDay = cause === 'discomfort';
  const isGraver = item.calling.byDay && !byDay;
  if (item.acknowledged === null ? !isGraver : !callsAgain({ at, isGraver }, item.acknowledged.at)) return;
  item.acknowledged = null;
  item.calling = { concern, from: at, byDay };
}

/** Ends a case. What nobody could see in it by then goes on in a case of its own, opened now. */
function resolve(cases: SafetyCase[], item: SafetyCase, at: Instant, state: SafetyState, ctx: PairContext): void {
  item.resolvedAt = at;
  const unseen = item.attached.filter((concern) => {
    const since = seenSince(concern, state);
    return since === null || since >= at;
  });
  for (const concern of unseen) item.followedBy = worry(cases, concern, at, ctx);
}
