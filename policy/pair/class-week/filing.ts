import { type Communication, isTakenBack, type Retraction } from './facts.ts';
import { type ClassWindow, windowIndexOfSession } from './windows.ts';

/** The communications of one class week that decide it: the first of each kind, by their identity. */
export interface FiledWeek {
  /** The first lesson or message before the week closed. */
  first: string | null;
  firstLesson: string | null;
  /** The first lesson that was done for the week after it had closed. */
  late: string | null;
}

/** Each communication in the week it belongs to (W1), by the week's index; a retracted one belongs to none. */
export function filed(
  communications: Communication[],
  retracted: Retraction[],
  windows: ClassWindow[],
): Array<FiledWeek | undefined> {
  const weeks: Array<FiledWeek | undefined> = [];
  // The list is in order of time, so that the week in which each occurred is found by walking along.
  let opened = -1;
  for (const item of communications) {
    while (opened + 1 < windows.length && (windows[opened + 1] as ClassWindow).opensAt <= item.at) opened++;
    const index = item.sessionDate === null ? opened : windowIndexOfSession(windows, item.sessionDate);
    const window = windows[index];
    if (!window || isTakenBack(retracted, item)) continue;
    weeks[index] ??= { first: null, firstLesson: null, late: null };
    const inTime = window.closesAt === null || item.at < window.closesAt;
    if (inTime) note(weeks[index], item);
    else if (item.sessionDate !== null) weeks[index].late ??= item.ref;
  }
  return weeks;
}

function note(week: FiledWeek, item: Communication): void {
  week.first ??= item.ref;
  if (item.kind === 'lesson') week.firstLesson ??= item.ref;
}
