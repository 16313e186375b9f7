import { type CheckInRecord, takesAnswer } from '../pair/check-ins/state-at.ts';
import type { Instant } from '../time.ts';
import type { Reading } from './reply.ts';

/** How a text answers a check-in (K3): by a mark from 1 to 5, or in words. Anything else is for a person to read. */

export type CheckInReply = { going: number } | { notes: string };

const marks = [
  ['1', 'one', 'uno', 'una'],
  ['2', 'two', 'dos'],
  ['3', 'three', 'tres'],
  ['4', 'four', 'cuatro'],
  ['5', 'five', 'cinco'],
];

/** `4/5` and the like name the mark and the end of the scale. */
const outOf = /^(\S+?) ?(?:\/|out of|of|de|sobre) ?(?:5|five|cinco)$/;

/** Reads a text as an answer; null for a number off the scale, and where there is not one letter in it. */
export function readCheckInReply(text: string): CheckInReply | null {
  const words = text.trim();
  // The emoji of a digit is the digit with a variation selector and a keycap.
  const plain = words
    .normalize('NFKC')
    .replace(/[\ufe0f\u20e3]/gu, '')
    .toLowerCase()
    .replace(/^[^\p{L}\p{N}-]+|[^\p{L}\p{N}]+$/gu, '')
    .replace(/\s+/g, ' ');
  const mark = outOf.exec(plain)?.[1] ?? plain;
  const index = marks.findIndex((names) => names.includes(mark));
  if (index >= 0) return { going: index + 1 };
  return /\p{L}/u.test(plain) ? { notes: words } : null;
}

/** A check-in whose question went out to somebody. */
export interface AskedCheckIn {
  pairId: string;
  programId: string;
  record: CheckInRecord;
}

/**
 * The check-in that a text answers, with the data of its `checkin.recorded`; null where that is not beyond doubt: more than
 * one person with the number, no or more than one open question, or a text of another kind.
 * @param asked the questions that went out to the one person with the number
 */
export function answerByText(
  { body, reading, people }: { body: string; reading: Reading; people: number },
  asked: AskedCheckIn[],
  now: Instant,
): { checkIn: AskedCheckIn; given: Record<string, unknown> } | null {
  const open = asked.filter(({ record }) => takesAnswer(record, now));
  const [checkIn] = open;
  if (reading !== 'other' || people !== 1 || !checkIn || open.length > 1) return null;
  const reply = readCheckInReply(body);
  if (reply === null) return null;
  const { respondent } = checkIn.record;
  const said = 'going' in reply ? { answers: { going: reply.going } } : { answers: {}, notes: reply.notes };
  return { checkIn, given: { respondent, mode: 'text', by: respondent, safetyConcern: false, ...said } };
}
