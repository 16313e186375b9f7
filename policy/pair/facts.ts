import type { Respondent } from '../sections/check-ins.ts';
import type { Instant } from '../time.ts';
import type { PairContext } from './context.ts';

/** What every concern's facts are kept with. */

/**
 * The list with one more item, in order of instant and identity; the list itself when it holds the item. Looked for from
 * the end, where nearly every fact belongs.
 */
export function sortedIn<T extends { ref: string }>(list: T[], item: T, instant: (item: T) => Instant): T[] {
  const at = instant(item);
  let index = list.length;
  for (; index > 0; index--) {
    const other = list[index - 1] as T;
    if (other.ref === item.ref) return list;
    if (instant(other) < at || (instant(other) === at && other.ref < item.ref)) break;
  }
  return [...list.slice(0, index), item, ...list.slice(index)];
}

/** The part that somebody named by role or person id has in the pair; null for staff and others. */
export function roleOf(by: string | undefined, ctx: PairContext): Respondent | null {
  if (by === 'mentor' || by === ctx.mentorId) return 'mentor';
  if (by === 'mentee' || by === ctx.menteeId) return 'mentee';
  return by === 'guardian' || (by !== undefined && by === ctx.guardianId) ? 'guardian' : null;
}

/** One of the two who are matched. */
export interface Party {
  role: 'mentor' | 'mentee';
  personId: string;
}

/** The two who are matched. */
export function bothOf({ mentorId, menteeId }: PairContext): [Party, Party] {
  return [
    { role: 'mentor', personId: mentorId },
    { role: 'mentee', personId: menteeId },
  ];
}

/** The person who has a part in the pair; null where nobody has it. */
export function personOf(role: Respondent, ctx: PairContext): string | null {
  return role === 'guardian' ? ctx.guardianId : role === 'mentor' ? ctx.mentorId : ctx.menteeId;
}

/** Whether a retraction takes an item back: it is about it, and came so near to it that neither was forgotten by then. */
export function isRetractedBy(
  retraction: { ref: string; receivedAt: Instant },
  item: { ref: string; receivedAt: Instant },
  within: number,
): boolean {
  return retraction.ref === item.ref && Math.abs(retraction.receivedAt - item.receivedAt) < within;
}
