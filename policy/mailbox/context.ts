import type { SuppressedCategory } from '../delivery/consequences.ts';
import type { TimeOfDay } from '../program.ts';
import type { Channel } from '../step.ts';
import { type Instant, minutesOf } from '../time.ts';

/** One send that counts for a person: handed over, under way or not yet known to have failed. */
export interface CountedSend {
  at: Instant;
  channel: Channel;
  priority: number;
  exempt: boolean;
}

/** Minutes of the local day between which a channel may be used; the end is not included. */
export interface AllowedHours {
  from: number;
  until: number;
}

/** Everything about a person that decides whether, when and how they hear something. No name, no address. */
export interface MailboxContext {
  removed: boolean;
  zone: string | null;
  isMinor: boolean;
  guardianConsent: boolean;
  textConsent: boolean;
  hasEmail: boolean;
  hasPhone: boolean;
  /** What the address gets no more, by channel: categories of messages, `optional` for all that can be switched off, or `all`. */
  suppressed: Record<Channel, SuppressedCategory[]>;
  /** Pairs with an open safety case: their automated messages are held until a person clears it. */
  heldPairs: string[];
  /** Pairs that have ended. */
  closedPairs: string[];
  /** The stricter of all programs that have something to say to this person (M2). */
  hours: Record<Channel, AllowedHours>;
  dailyCap: number | null;
  sends: CountedSend[];
  /** Owners with a journal entry that is neither applied nor refused: their rows wait for it, up to their expiry. */
  unsettledOwners: string[];
  /** State of the rows that others depend on, by key; a missing one was never written. */
  statesByKey: Record<string, string>;
  /** Channels that take nothing before an instant. */
  resumeAt: Partial<Record<Channel, Instant>>;
}

type QuietHours = Record<Channel, [TimeOfDay, TimeOfDay]>;

/** The hours that every one of several programs allows (M2). */
export function strictestHours(all: QuietHours[]): Record<Channel, AllowedHours> {
  const of = (channel: Channel): AllowedHours => ({
    from: Math.max(...all.map((hours) => minutesOf(hours[channel][0]))),
    until: Math.min(...all.map((hours) => minutesOf(hours[channel][1]))),
  });
  return { email: of('email'), sms: of('sms') };
}

/** The smallest daily cap of several programs; null when none has one. */
export function strictestCap(caps: Array<number | null>): number | null {
  const given = caps.filter((cap): cap is number => cap !== null);
  return given.length > 0 ? Math.min(...given) : null;
}
