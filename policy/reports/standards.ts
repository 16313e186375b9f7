import { type CheckInRecord, type CheckInState, checkInState } from '../pair/check-ins/state-at.ts';
import type { CivilDate } from '../program.ts';
import type { Respondent } from '../sections/check-ins.ts';
import type { Instant } from '../time.ts';

/** Every contact that a program owes, as evaluation and accreditation ask for it (K12). */

export const standardsStates = [
  'upcoming',
  'open',
  'satisfied',
  'late',
  'missed',
  'excused',
] as const satisfies readonly CheckInState[];

export interface StandardsItem {
  pairId: string;
  respondent: Respondent;
  dueOn: CivilDate;
  state: CheckInState;
  /** How the contact was made, and by whom; null where none was. */
  mode: string | null;
  by: string | null;
  /** Code of why it is late, missed or not owed; null of the others. */
  reason: string | null;
}

/** How many there are of each: what is due was made, late or missed, or still has its window open. */
export interface StandardsTotals {
  due: number;
  made: number;
  late: number;
  missed: number;
  open: number;
  upcoming: number;
  excused: number;
}

export function noTotals(): StandardsTotals {
  return { due: 0, made: 0, late: 0, missed: 0, open: 0, upcoming: 0, excused: 0 };
}

/**
 * A check-in of a pair as it stands at `now`.
 * @param sensitive whether the reader may know of safety cases; to others the people were unavailable (K6)
 */
export function standardsItem(pairId: string, record: CheckInRecord, now: Instant, sensitive: boolean): StandardsItem {
  const { respondent, dueOn, contact } = record;
  const state = checkInState(record, now);
  const [mode, by] = [contact?.mode ?? null, contact?.by ?? null];
  return { pairId, respondent, dueOn, state, mode, by, reason: reasonOf(state, record, sensitive) };
}

function reasonOf(state: CheckInState, { excused }: CheckInRecord, sensitive: boolean): string | null {
  if (state === 'late') return 'after_window';
  if (state === 'missed') return 'no_contact';
  if (state !== 'excused') return null;
  return excused === 'safety' && !sensitive ? 'unavailable' : excused;
}

/** The totals with one more check-in in them. */
export function counted(totals: StandardsTotals, { state }: StandardsItem): StandardsTotals {
  if (state === 'upcoming' || state === 'excused') return { ...totals, [state]: totals[state] + 1 };
  const name = state === 'satisfied' ? 'made' : state;
  return { ...totals, due: totals.due + 1, [name]: totals[name] + 1 };
}
