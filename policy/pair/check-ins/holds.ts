import { nextListAt } from '../../staff-mail.ts';
import type { Hold } from '../../step.ts';
import type { Instant } from '../../time.ts';
import { covers, type PairContext } from '../context.ts';
import type { DueDay, Told } from './cadence.ts';

/** What a pause, trouble and a safety case mean for check-ins: nobody is to be pressed meanwhile (K11). */

/** Why a check-in is not owed: staff paused the pair, trouble or a safety case was open, or the match has ended. */
export type Excuse = 'paused' | 'trouble' | 'safety' | 'ended';

const excuses: Partial<Record<Hold['kind'], Excuse>> = { all: 'paused', automated: 'trouble', safety: 'safety' };

/** What holds check-ins at an instant; a pause of the class reminders does not. */
function holdAt(at: Instant, holds: Hold[]): Hold | undefined {
  return holds.find((hold) => excuses[hold.kind] && covers(hold, at));
}

/**
 * A check-in is excused that was to be made while the pair was held, or to be asked for, and one cut off by the end. What a
 * safety case held of the question alone goes out once it is cleared.
 */
export function excuseOf({ askAt, dueAt, closesAt }: DueDay, holds: Hold[], { closed }: PairContext): Excuse | null {
  if (closed && closed.at < closesAt) return 'ended';
  const unasked = holds.filter(({ kind }) => kind !== 'safety');
  const hold = holdAt(dueAt, holds) ?? holdAt(askAt, unasked);
  return hold ? (excuses[hold.kind] as Excuse) : null;
}

/** When staff are told who were to be told while something held the pair: with the next list after it; null: nobody knows. */
export function afterHolds(told: Told, holds: Hold[], ctx: PairContext): Told | null {
  const hold = holdAt(told.at, holds);
  if (!hold) return told;
  if (hold.until === null) return null;
  return afterHolds({ from: hold.until, at: nextListAt(hold.until, ctx.programZone) }, holds, ctx);
}
