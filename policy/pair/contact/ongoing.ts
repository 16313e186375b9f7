import type { ContactPolicy } from '../../sections/contact.ts';
import type { Hold } from '../../step.ts';
import { addDays, DAY, dateOf, dayOf, type Instant, instantOf } from '../../time.ts';
import { covers, type PairContext, policyNow, zoneOf } from '../context.ts';
import { bothOf } from '../facts.ts';
import { type ContactState, isRetracted, type OngoingKind, ongoingKinds, type SaidMessage } from './facts.ts';
import { lastTouch, type Touch } from './touches.ts';

/**
 * When the ongoing messages of T1 go to one person. Each has a rhythm of its own, counted from what it waits for; what was
 * said meanwhile moves it, so that two are never heard within a week.
 */

const saidAt = '09:00';
/** They stand until the evening of the next day: heard late, one could be too close to the next. */
const standsDays = 1;
const standsUntil = '21:00';
/** Between the last moment at which one may be heard and the next. */
const apart = 7 * DAY;

/** Holds that keep these messages back, and that no slot lies in. */
export function heldAt(slot: Instant, holds: Hold[]): Hold | undefined {
  return holds.find((hold) => (hold.kind === 'automated' || hold.kind === 'all') && covers(hold, slot));
}

/** Until when a message with this slot may be heard. */
export function expiryOf(slot: Instant, ctx: PairContext): Instant {
  const zone = zoneOf(ctx);
  return instantOf(addDays(dateOf(slot, zone), standsDays), standsUntil, zone);
}

/** That many civil days after an instant, at the time of these messages. */
export function slotAfter(from: Instant, days: number, ctx: PairContext): Instant {
  const zone = zoneOf(ctx);
  return instantOf(addDays(dateOf(from, zone), days), saidAt, zone);
}

/** The first such time at or after an instant. */
function slotFrom(at: Instant, ctx: PairContext): Instant {
  const zone = zoneOf(ctx);
  const today = instantOf(dateOf(at, zone), saidAt, zone);
  return today >= at ? today : slotAfter(at, 1, ctx);
}

/** The last time of a rhythm, counted from `due`, that is not much later than `at`: what lies before it is over. */
function notLongBefore(at: Instant, due: Instant, days: number, ctx: PairContext): Instant {
  const zone = zoneOf(ctx);
  const rounds = Math.floor((dayOf(at, zone) - dayOf(due, zone)) / days);
  return rounds > 1 ? slotAfter(due, days * (rounds - 1), ctx) : due;
}

/** What the rhythm of everybody's messages hangs on. */
export interface Silence {
  /** Since when the two have shown no contact: the match, where they never did. */
  since: Instant;
  /** Nothing at all has happened since the match. */
  unbroken: boolean;
  /** The event that last showed contact. */
  contact: string | null;
}

export function silenceOf(state: ContactState, ctx: PairContext): Silence {
  const { conversations = 0, meetings = 0, firstMeetingAt = 0, lastContactAt = 0 } = ctx.history;
  const retracted = (touch: Touch): boolean => isRetracted(state, touch);
  const contact = lastTouch(state.touches, retracted, (who) => who === 'pair');
  const anything = contact ?? lastTouch(state.touches, retracted, () => true);
  const known = Math.max(ctx.matchedAt, firstMeetingAt, lastContactAt);
  const before = conversations + meetings > 0 || known > ctx.matchedAt;
  return {
    since: Math.max(known, contact?.at ?? known),
    unbroken: anything === null && !before,
    contact: contact?.ref ?? null,
  };
}

/** One person's own view of the silence: the pair's contact and everything that they did themselves are reactions. */
export interface Listener {
  personId: string;
  role: 'mentor' | 'mentee';
  /** When they, or the two, last reacted; null when never. */
  reactedAt: Instant | null;
  /** What was said to them, oldest first. */
  said: SaidMessage[];
}

/** Both of them; what a hold withdrew before its slot was never said. */
export function listenersOf(state: ContactState, ctx: PairContext, holds: Hold[]): Listener[] {
  const retracted = (touch: Touch): boolean => isRetracted(state, touch);
  return bothOf(ctx).map(({ role, personId }) => {
    const touch = lastTouch(state.touches, retracted, (who) => who === 'pair' || who === role);
    const said = state.said.filter((item) => item.personId === personId && !heldAt(item.slot, holds));
    return { personId, role, reactedAt: touch?.at ?? null, said };
  });
}

function lastSaid(said: SaidMessage[], kind?: OngoingKind): SaidMessage | undefined {
  return said.findLast((item) => kind === undefined || item.kind === kind);
}

export function daysOf(kind: OngoingKind, section: ContactPolicy): number {
  const days = {
    'encourage-contact': section.encourageDays,
    'log-conversation': section.logReminderDays,
    'flag-invitation': section.flagInvitationDays,
  };
  return days[kind];
}

/** The messages of a kind that went in a row without any reaction since. */
export function unansweredOf({ said, reactedAt }: Listener, kind: OngoingKind): SaidMessage[] {
  return said.filter((item) => item.kind === kind && (reactedAt === null || item.slot > reactedAt));
}

/** Whether what a message waits for still has not happened at `slot`. */
export function isWanted(kind: OngoingKind, slot: Instant, days: number, silence: Silence, ctx: PairContext): boolean {
  if (kind === 'encourage-contact') return silence.unbroken;
  return kind === 'flag-invitation' || slotAfter(silence.since, days, ctx) <= slot;
}

/** A message that is still to be said. */
export interface Upcoming {
  kind: OngoingKind;
  slot: Instant;
  days: number;
  /** When it was due by its own rhythm. */
  due: Instant;
}

/** From when on a kind's rhythm is counted. */
function countedFrom(kind: OngoingKind, listener: Listener, silence: Silence, ctx: PairContext): Instant {
  const before = lastSaid(listener.said, kind)?.slot ?? ctx.matchedAt;
  return kind === 'log-conversation' ? Math.max(silence.since, before) : before;
}

/** What was due before the pair came here, or under another policy, is not made up for (V7, V9). */
function since(ctx: PairContext): Instant {
  return Math.max(ctx.createdAt, policyNow(ctx).since);
}

export interface Surroundings {
  section: ContactPolicy;
  silence: Silence;
  now: Instant;
  ctx: PairContext;
  holds: Hold[];
}

/** The next message of a kind; null where none is to come while nothing changes. */
function upcomingOf(kind: OngoingKind, listener: Listener, around: Surroundings): Upcoming | null {
  const { section, silence, now, ctx, holds } = around;
  const days = Math.max(1, daysOf(kind, section));
  if (kind === 'encourage-contact' && !silence.unbroken) return null;
  if (unansweredOf(listener, kind).length >= section.repeatAtMost) return null;
  const earlier = lastSaid(listener.said);
  const free = earlier ? expiryOf(earlier.slot, ctx) + apart : 0;
  const first = slotAfter(countedFrom(kind, listener, silence, ctx), days, ctx);
  let due = notLongBefore(now, first, days, ctx);
  for (;;) {
    const slot = due < free ? slotFrom(free, ctx) : due;
    const hold = heldAt(slot, holds);
    if (hold?.until === null) return null;
    if (hold === undefined && slot >= since(ctx) && now < expiryOf(slot, ctx)) return { kind, slot, days, due };
    due = slotAfter(due, days, ctx);
  }
}

/** What a person hears next: of several what would be heard first, then what was due first. */
export function nextMessage(listener: Listener, around: Surroundings): Upcoming | null {
  const upcoming = ongoingKinds.map((kind) => upcomingOf(kind, listener, around)).filter((next) => next !== null);
  const [first] = upcoming.sort((a, b) => a.slot - b.slot || a.due - b.due);
  return first ?? null;
}
