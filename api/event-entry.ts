import { createHash } from 'node:crypto';
import { isUrgent } from '../policy/coded-answer.ts';
import { clocksDifferBy, isHeldAhead, type PairEventName, type PersonEventName } from '../policy/event.ts';
import { partedWords } from '../policy/event-words.ts';
import { codedWords, type SafetyKeywords } from '../policy/safety.ts';
import { DAY, type Instant } from '../policy/time.ts';
import type { NewEntry } from '../prisma/store/journal.ts';
import { digestOf } from './digest.ts';
import type { Fault } from './problem.ts';
import type { CloudEvent } from './schemas/event.ts';

/** How an event becomes an entry of the journal: codes apart from words, lateness judged once (E2). */

/** No program's limit is shorter, so that only events older than this cost a look at it. */
export const lateAfter = DAY;

const typePrefix = 'tandem.';

/** An event that lies ahead of the clock by more than clocks differ (E2), or tells of what does as done; null for others. */
export function futureFault({ time, type, data }: CloudEvent, now: Instant): Fault | null {
  if (liesAhead(time, now)) return { pointer: '/time', detail: 'Lies in the future' };
  if (type !== `${typePrefix}meeting.recorded` || !isHeldAhead({ at: time, data: data ?? {} })) return null;
  return { pointer: '/data/at', detail: 'Lies after the event: a meeting that is planned is a meeting.scheduled' };
}

/** Whether an instant lies further ahead than clocks differ. */
export function liesAhead(at: Instant, now: Instant): boolean {
  return at > now + clocksDifferBy;
}

/** Identity of an event on the journal, which is that of (source, id). */
export function refOf(source: string, id: string): string {
  return `${id}~${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}

/** What the program of an event's subject says about it. */
export interface SubjectRules {
  /** Up to how many days late events act (E2). */
  lateDays: number;
  /** What is looked for in words (K6). */
  keywords: SafetyKeywords;
}

/** The entry of an event. */
export function entryOf(event: CloudEvent, now: Instant, { lateDays, keywords }: SubjectRules): NewEntry {
  const { id, source, type, subject, time } = event;
  const name = type.slice(typePrefix.length) as PairEventName | PersonEventName;
  const { texts, ...parted } = partedWords(name, event.data ?? {});
  const { retracts } = parted.data;
  const sent = retracts === undefined ? parted.data : { ...parted.data, retracts: refOf(source, retracts) };
  const data = { ...sent, ...codedWords(texts, keywords) };
  return {
    source,
    eventId: id,
    // What is sent tells one event from another, and not how its words were coded.
    digest: digestOf({ id, source, type, subject, time, data: sent, texts }),
    ref: refOf(source, id),
    type: name,
    subject,
    occurredAt: time,
    receivedAt: now,
    history: now - time > Math.max(lateAfter, lateDays * DAY),
    urgent: isUrgent(data),
    data,
    texts,
  };
}

/** Whether an event comes with words. */
export function hasWords(event: CloudEvent): boolean {
  const name = event.type.slice(typePrefix.length) as PairEventName | PersonEventName;
  return Object.keys(partedWords(name, event.data ?? {}).texts).length > 0;
}
