import type { PairEvent } from '../event.ts';
import type { Instant } from '../time.ts';
import { covers, type PairContext } from './context.ts';
import { trackNames, tracks } from './tracks/index.ts';

/** Mark of an applied entry, to be written on the journal by the next say. */
export interface AppliedMark {
  seq: number;
  /** Position among all that this pair has applied. */
  order: number;
  at: Instant;
}

/** A step that was carried out as it then read. */
export interface PerformedStep {
  print: string;
  /** Until when it stands. */
  until: Instant;
}

export interface PairState {
  version: 1;
  /** How many entries were applied; with the time it orders two says. */
  facts: number;
  marks: AppliedMark[];
  performed: Record<string, PerformedStep>;
  /** Policy versions taken up since the last say, to be noted on the journal. */
  readMarks: Array<{ version: number; at: Instant }>;
  /** A closed pair whose last say was accepted. */
  retired: boolean;
  /** Whether the last say that was accepted showed it paused; absent until one did. */
  paused?: boolean;
  /** Documents that entries have named and that are still to be read. */
  wanted: WantedDocuments;
  tracks: Record<string, unknown>;
}

export interface WantedDocuments {
  policyVersion?: { version: number; applyNow: boolean; since: Instant };
  calendarVersion?: number;
  classId?: { id: string | null; since: Instant };
  personIds?: string[];
}

export function openPair(ctx: PairContext): PairState {
  const states: Record<string, unknown> = {};
  for (const name of trackNames) states[name] = tracks[name].open(ctx);
  return {
    version: 1,
    facts: 0,
    marks: [],
    performed: {},
    readMarks: [],
    retired: false,
    wanted: {},
    tracks: states,
  };
}

/**
 * A copy of a state, to be changed. Written out: a spread of what was itself spread is copied property by property, which
 * makes a decision several times as dear.
 */
export function copyOfState(state: PairState): PairState {
  return {
    version: 1,
    facts: state.facts,
    marks: state.marks,
    performed: state.performed,
    readMarks: state.readMarks,
    retired: state.retired,
    paused: state.paused ?? false,
    wanted: state.wanted,
    tracks: state.tracks,
  };
}

/** A state from before a concern was added has none of it: it opens as it would have with the pair. */
export function withEveryTrack(state: PairState, ctx: PairContext): PairState {
  const missing = trackNames.filter((name) => !(name in state.tracks));
  if (missing.length === 0) return state;
  const opened = Object.fromEntries(missing.map((name) => [name, tracks[name].open(ctx)]));
  return { ...state, tracks: { ...state.tracks, ...opened } };
}

/** The next state after one journal entry, and the context that staff commands change. */
export function applyEvent(
  state: PairState,
  event: PairEvent,
  ctx: PairContext,
  now: Instant,
): { state: PairState; ctx: PairContext } {
  const states: Record<string, unknown> = {};
  for (const name of trackNames) states[name] = tracks[name].apply(state.tracks[name], event, ctx);
  const next = copyOfState(state);
  next.facts = state.facts + 1;
  next.marks = [...state.marks, { seq: event.seq, order: next.facts, at: now }];
  next.tracks = states;
  next.wanted = wantedAfter(state.wanted, event, ctx);
  return { state: next, ctx: endedBy(states, contextAfter(ctx, event)) };
}

/** The context once a concern's facts have ended the match, which then stays ended. */
function endedBy(states: PairState['tracks'], ctx: PairContext): PairContext {
  if (ctx.closed) return ctx;
  for (const name of trackNames) {
    const closed = tracks[name].ends?.(states[name], ctx) ?? null;
    if (closed) return { ...ctx, closed };
  }
  return ctx;
}

function wantedAfter(wanted: WantedDocuments, event: PairEvent, ctx: PairContext): WantedDocuments {
  const { data } = event;
  if (event.type === 'policy.changed' && data.version !== undefined) {
    const earlier = wanted.policyVersion;
    const applyNow = data.applyNow === true || earlier?.applyNow === true;
    const version = Math.max(data.version, earlier?.version ?? 0);
    const since = Math.max(event.receivedAt, earlier?.since ?? 0);
    return { ...wanted, policyVersion: { version, applyNow, since } };
  }
  if (event.type === 'calendar.changed' && data.version !== undefined && data.classId === ctx.calendar?.classId) {
    const newest = Math.max(wanted.calendarVersion ?? 0, ctx.calendar?.version ?? 0);
    return data.version > newest ? { ...wanted, calendarVersion: data.version } : wanted;
  }
  if (event.type === 'class.changed') {
    return { ...wanted, classId: { id: data.classId ?? null, since: event.receivedAt } };
  }
  if (event.type === 'person.changed' && data.personId !== undefined) {
    return { ...wanted, personIds: [...new Set([...(wanted.personIds ?? []), data.personId])].sort() };
  }
  return wanted;
}

function contextAfter(ctx: PairContext, event: PairEvent): PairContext {
  const { data } = event;
  if (event.type === 'staff.changed') return { ...ctx, pairStaff: data.staff ?? {} };
  if (event.type === 'pair.paused') {
    const last = ctx.pauses[ctx.pauses.length - 1];
    const span = { from: event.receivedAt, until: data.until ?? null };
    if (last && last.from === span.from) return ctx;
    return { ...ctx, pauses: [...endedAt(ctx.pauses, event.receivedAt), span] };
  }
  if (event.type === 'pair.closed' && !ctx.closed) {
    return { ...ctx, closed: { at: event.receivedAt, reason: data.reason ?? 'closed' } };
  }
  if (event.type === 'pair.resumed') return { ...ctx, pauses: endedAt(ctx.pauses, event.receivedAt) };
  return ctx;
}

function endedAt(spans: PairContext['pauses'], at: Instant): PairContext['pauses'] {
  return spans.map((span) =>
    span.from <= at && (span.until === null || span.until > at) ? { ...span, until: at } : span,
  );
}

/** Whether the pair is paused at `now`; a dated pause ends by itself (S11). */
export function isPaused(ctx: PairContext, now: Instant): boolean {
  return ctx.pauses.some((span) => covers(span, now));
}
