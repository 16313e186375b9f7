import type { Channel } from './step.ts';
import { type Instant, localMinute, MINUTE } from './time.ts';

/**
 * One line per message, the same from the live system and from the simulator, so that the two can be compared byte for
 * byte: local minute, person, channel, template, variant, state, reason, separated by tabs, `-` where there is none.
 *
 * A message that was sent stands at the minute in which it was handed over. Every other one stands at the minute for
 * which it was planned: when a lapse is noticed differs by moments between two clocks, the plan does not. Ids, seconds
 * and words are left out for the same reason.
 */
export interface TimelineRow {
  at: Instant;
  personId: string;
  /** The recipient's zone, else the one of the class or program. */
  zone: string;
  channel: Channel;
  template: string;
  variant: string | null;
  state: string;
  reason: string | null;
}

/** A message of the ledger, as far as a timeline shows it. */
export interface TimelineMessage extends Omit<TimelineRow, 'at'> {
  sentAt: Instant | null;
  plannedFor: Instant;
}

/** The row of a message: at its hand-over if it was sent, else at its planned time. */
export function timelineRow({ sentAt, plannedFor, ...rest }: TimelineMessage): TimelineRow {
  return { ...rest, at: rest.state === 'sent' && sentAt !== null ? sentAt : plannedFor };
}

/** One line, without its end. */
export function timelineLine(row: TimelineRow): string {
  const { personId, channel, template, variant, state, reason } = row;
  return [localMinute(row.at, row.zone), personId, channel, template, variant ?? '-', state, reason ?? '-'].join('\t');
}

/** All lines in order of their minutes, and within one minute in order of their text; empty for no messages. */
export function timeline(rows: TimelineRow[]): string {
  return rows
    .map((row) => ({ minute: Math.floor(row.at / MINUTE), line: timelineLine(row) }))
    .sort((a, b) => a.minute - b.minute || (a.line < b.line ? -1 : a.line > b.line ? 1 : 0))
    .map(({ line }) => `${line}\n`)
    .join('');
}
