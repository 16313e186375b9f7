import type { CodedAnswer } from '../../../policy/coded-answer.ts';
import type { ResponseSubject } from '../../../policy/delivery/answer-link.ts';
import type { Instant } from '../../../policy/time.ts';
import type { Database } from '../../../prisma/database.ts';
import { hearWords, isTaken, recordTaken, type TakenAnswer, takenEntry } from '../../../prisma/store/taken-answers.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { digestOf } from '../../digest.ts';
import type { Relay } from '../../relay.ts';
import type { Entered } from '../response-form.ts';
import type { FormView } from '../response-page.ts';

/** What every kind of form on which people answer is made of. */

export interface ResponseDeps {
  database: Database;
  clock: Clock;
  /** Carries new journal entries to their workflows, and leaves room for taking them in. */
  relay: Pick<Relay, 'wake' | 'storing'>;
}

export interface Taking {
  /** `same`: it was taken before; `differs`: another one was; `gone`: the person is no longer there. */
  outcome: 'taken' | 'same' | 'differs' | 'gone';
  /** It may tell of danger. */
  urgent: boolean;
}

/** One form, open for one person and occasion. */
export interface OpenForm {
  view: FormView;
  /** There is an answer, and another one would not be taken. */
  answered: boolean;
  take(entered: Entered, now: Instant): Promise<Taking>;
  /**
   * Takes what may tell of danger on a form that cannot be taken as it is, too late or with faults (K6).
   * @returns whether it tells of any
   */
  hear(entered: Entered, now: Instant): Promise<boolean>;
}

/** Opens the form of one kind for a person; null where it is not theirs (any more). Opening changes nothing (M7). */
export type ResponseForm = (deps: ResponseDeps, subject: ResponseSubject) => Promise<OpenForm | null>;

/** What tells an answer on a form from others. */
export interface FormIdentity {
  pairId: string;
  personId: string;
  key: string;
}

function entryOf({ pairId, key }: FormIdentity, answer: CodedAnswer, digest: string, now: Instant) {
  const times = { occurredAt: now, receivedAt: now, history: false };
  return takenEntry({ pairId, by: 'form', key, digest, answer, ...times } satisfies TakenAnswer);
}

/** Whether there is an answer of this type under the identity. */
export function isAnswered(database: Database, of: FormIdentity, type: CodedAnswer['type']): Promise<boolean> {
  return isTaken(database, entryOf(of, { type, data: {}, texts: {}, urgent: false }, '', 0));
}

/**
 * Takes an answer, once. Another one that differs is refused, but not one that may tell of danger: whoever is worried is
 * heard, although they answered before (K6). Its id does not tell that it was.
 */
export async function takeAnswer(
  deps: ResponseDeps,
  of: FormIdentity,
  answer: CodedAnswer,
  given: unknown,
  now: Instant,
): Promise<Taking> {
  const digest = digestOf(given);
  const first = await recorded(deps, of, answer, digest, now);
  if (first.outcome !== 'differs' || !answer.urgent) return first;
  return recorded(deps, { ...of, key: `${of.key}_${digest.slice(0, 16)}` }, answer, digest, now);
}

async function recorded(
  { database, relay }: ResponseDeps,
  of: FormIdentity,
  answer: CodedAnswer,
  digest: string,
  now: Instant,
): Promise<Taking> {
  const { urgent } = answer;
  const result = await relay.storing(1, () => recordTaken(database, of.personId, entryOf(of, answer, digest, now)));
  if (result === null) return { outcome: 'gone', urgent };
  if (result.outcome === 'duplicate') return { outcome: 'same', urgent };
  if (result.outcome === 'conflict') return { outcome: 'differs', urgent };
  relay.wake({ urgent });
  return { outcome: 'taken', urgent };
}

/** Calls staff for words that tell of danger, of an answer that is none; false where the person is no longer there. */
export async function hearConcern(
  { database, relay }: ResponseDeps,
  concern: Parameters<typeof hearWords>[1],
): Promise<boolean> {
  const heard = await relay.storing(1, () => hearWords(database, concern));
  if (heard) relay.wake({ urgent: true });
  return heard;
}
