import type { MessageCategory } from '../mailbox/row.ts';
import { HOUR, type Instant, MINUTE } from '../time.ts';
import type { OutcomeClass } from './outcomes.ts';

/** What is done about an outcome (M10). Pure: the store writes it, whoever heard of the outcome. */

/** How a provider answered one hand-over. */
export interface ProviderAnswer {
  class: OutcomeClass;
  /** The status, code or failure as it is recorded; holds no contact data and no words. */
  code: string;
  /** The provider's id of what it accepted. */
  providerId?: string;
  /** After how many seconds a limited provider takes more, where it said so. */
  retryAfterSeconds?: number;
}

/** Which messages an address gets no more: all, all that can be switched off, or one category of them. */
export type SuppressedCategory = 'all' | 'optional' | MessageCategory;

/** What becomes of the messages of a send, and what it means for others. */
export type SendOutcome =
  /** Without the provider's id where only a person could say that it went. */
  | { kind: 'accepted'; providerId: string | null }
  | { kind: 'unknown'; code: string }
  | { kind: 'failed'; code: string; alert: boolean }
  | {
      kind: 'not_sent';
      code: string;
      retryAt: Instant;
      /** Whether it counts for the time until the next attempt. */
      counts: boolean;
      /** It was a failure that passes, and is tried once more. */
      passing?: boolean;
      suppress?: { category: SuppressedCategory; reason: string };
      /** The channel takes nothing until staff resume it. */
      park?: boolean;
      /** The channel takes nothing until then. */
      limitedUntil?: Instant;
    };

/** What is known of the messages of a send from before. */
export interface SendHistory {
  /** Hand-overs that did not go out and counted. */
  attempts: number;
  /** Whether a later retry after a passing failure was made already. */
  retriedPassing: boolean;
}

const firstRetry = 30_000;
const longestRetry = 30 * MINUTE;
/** A provider that limits without saying until when. */
const usualLimit = MINUTE;
const passingRetry = HOUR;

/** When what did not go out is tried again: twice as late each time, half an hour at most. */
export function retryAfter(attempts: number, now: Instant): Instant {
  return now + Math.min(firstRetry * 2 ** Math.min(attempts, 10), longestRetry);
}

const notSent = (code: string, retryAt: Instant, counts = false): Extract<SendOutcome, { kind: 'not_sent' }> => ({
  kind: 'not_sent',
  code,
  retryAt,
  counts,
});

type Consequence = (answer: ProviderAnswer, history: SendHistory, now: Instant) => SendOutcome;

const failed: Consequence = ({ code }) => ({ kind: 'failed', code, alert: true });

const parked: Consequence = ({ code }, _history, now) => ({ ...notSent(code, now), park: true });

const consequences: Record<OutcomeClass, Consequence> = {
  accepted: ({ providerId = '' }) => ({ kind: 'accepted', providerId }),
  ambiguous: ({ code }) => ({ kind: 'unknown', code }),
  not_sent: ({ code }, { attempts }, now) => notSent(code, retryAfter(attempts, now), true),
  limited: ({ code, retryAfterSeconds }, _history, now) => {
    const until = now + (retryAfterSeconds === undefined ? usualLimit : retryAfterSeconds * 1000);
    return { ...notSent(code, until), limitedUntil: until };
  },
  sandbox: parked,
  channel_broken: parked,
  our_fault: failed,
  // The mailbox decides again, and finds the other channel (M5) or nobody to reach.
  bad_address: ({ code }, _history, now) => ({
    ...notSent(code, now, true),
    suppress: { category: 'all', reason: 'bad_address' },
  }),
  opted_out: ({ code }, _history, now) => ({
    ...notSent(code, now, true),
    suppress: { category: 'all', reason: 'opted_out' },
  }),
  unsubscribed: ({ code }, _history, now) => ({
    ...notSent(code, now),
    suppress: { category: 'optional', reason: 'unsubscribed' },
  }),
  passing: (answer, history, now) =>
    history.retriedPassing
      ? failed(answer, history, now)
      : { ...notSent(answer.code, now + passingRetry, true), passing: true },
  filtered: failed,
  region: failed,
  unrecognized: failed,
};

/** What an answer means for the messages of a send and for others. Pure. */
export function outcomeOf(answer: ProviderAnswer, history: SendHistory, now: Instant): SendOutcome {
  return consequences[answer.class](answer, history, now);
}
