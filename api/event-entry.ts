import { createHash } from 'node:crypto';
import type { EntryData, PairEventName, PersonEventName } from '../policy/event.ts';
import { DAY, type Instant, MINUTE } from '../policy/time.ts';
import type { NewEntry } from '../prisma/store/journal.ts';
import { digestOf } from './digest.ts';
import type { Fault } from './problem.ts';
import type { CloudEvent } from './schemas/event.ts';
import { eventForms, isCode } from './schemas/event-data.ts';

/** How an event becomes an entry of the journal: codes apart from words, lateness judged once (E2). */

const aheadAtMost = 5 * MINUTE;
/** No program's limit is shorter, so that only events older than this cost a look at it. */
export const lateAfter = DAY;

const typePrefix = 'tandem.';

/** An event that lies ahead of the clock by more than clocks differ (E2); null for one that does not. */
export function futureFault(event: CloudEvent, now: Instant): Fault | null {
  return event.time > now + aheadAtMost ? { pointer: '/time', detail: 'Lies in the future' } : null;
}

/** Identity of an event on the journal, which is that of (source, id). */
export function refOf(source: string, id: string): string {
  return `${id}~${createHash('sha256').update(source).digest('hex').slice(0, 8)}`;
}

/**
 * The entry of an event.
 * @param lateDays up to how many days late its subject's program lets events act
 */
export function entryOf(event: CloudEvent, now: Instant, lateDays: number): NewEntry {
  const { id, source, type, subject, time } = event;
  const name = type.slice(typePrefix.length) as PairEventName | PersonEventName;
  const { data, texts } = parted(name, event);
  return {
    source,
    eventId: id,
    digest: digestOf({ id, source, type, subject, time, data, texts }),
    ref: refOf(source, id),
    type: name,
    subject,
    occurredAt: time,
    receivedAt: now,
    history: now - time > Math.max(lateAfter, lateDays * DAY),
    urgent: data.safetyConcern === true || data.priority === 'immediate',
    data,
    texts,
  };
}

/** Coded fields, which a workflow may see, and words, which it may not. */
function parted(
  name: PairEventName | PersonEventName,
  event: CloudEvent,
): { data: EntryData; texts: NewEntry['texts'] } {
  const { words, codes } = eventForms[name];
  const data: EntryData = {};
  const texts: Record<string, string> = {};
  for (const [field, value] of Object.entries(event.data ?? {})) {
    if (value == null) continue;
    if (field === 'retracts') data.retracts = refOf(event.source, value as string);
    else if (field === 'answers') Object.assign(texts, answerTexts(value as Record<string, unknown>));
    else if (!words.includes(field) && !(codes.includes(field) && !isCode(value))) data[field] = value;
    else if ((value as string).trim() !== '') texts[field] = value as string;
  }
  return { data, texts };
}

function answerTexts(answers: Record<string, unknown>): Record<string, string> {
  const given = Object.entries(answers).filter(([, answer]) => answer !== null && answer !== '');
  return Object.fromEntries(
    given.map(([question, answer]) => [
      `answers.${question}`,
      typeof answer === 'string' ? answer : JSON.stringify(answer),
    ]),
  );
}
