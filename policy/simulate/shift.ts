import { addCivilDays, addDays, type Instant, isCivilDate, MINUTE, toRfc3339 } from '../time.ts';
import { acceptedAt, type SimulationInput } from './documents.ts';

/** The same story on other dates: weekdays and local times stay, over a clock change too. */

const instantText = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** The same local time so many weeks later in `zone`, with its seconds. */
export function shiftedInstant(at: Instant, weeks: number, zone: string): Instant {
  return addCivilDays(at, 7 * weeks, zone) + (((at % MINUTE) + MINUTE) % MINUTE);
}

/**
 * Every string of a JSON value that is a civil date or an instant, so many weeks later; instants come out in UTC. Ids
 * that are dates (those of class sessions) move with what they name.
 */
export function shifted<T>(value: T, weeks: number, zone: string): T {
  if (weeks === 0) return value;
  return shiftedValue(value, weeks, zone) as T;
}

function shiftedValue(value: unknown, weeks: number, zone: string): unknown {
  if (typeof value === 'string') return shiftedText(value, weeks, zone);
  if (Array.isArray(value)) return value.map((item) => shiftedValue(item, weeks, zone));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, shiftedValue(item, weeks, zone)]));
}

function shiftedText(text: string, weeks: number, zone: string): string {
  if (isCivilDate(text)) return addDays(text, 7 * weeks);
  if (!instantText.test(text) || Number.isNaN(Date.parse(text))) return text;
  return toRfc3339(shiftedInstant(Date.parse(text), weeks, zone));
}

/** The fewest whole weeks (negative for back) by which the first event is accepted at `start` or later. */
export function weeksUntil(start: Instant, input: SimulationInput): number {
  const first = Math.min(...input.events.map(acceptedAt));
  const { zone } = input.program;
  let weeks = Math.floor((start - first) / (7 * 86_400_000)) - 1;
  while (shiftedInstant(first, weeks, zone) < start) weeks++;
  return weeks;
}
