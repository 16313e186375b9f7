import type { PromiseRecord } from '../pair/meetings/records.ts';
import type { CivilDate } from '../program.ts';
import type { Instant } from '../time.ts';

/** What pairs were promised and what they had, period by period (K9, K12). */

export interface MeetingsItem {
  pairId: string;
  /** First and last day, as an ISO 8601 interval. */
  period: string;
  /** In which the promise counts: meetings or hours. */
  unit: 'meetings' | 'hours';
  promised: number;
  held: number;
  minutes: number;
  /** Null before it is judged, and where nothing was promised. */
  kept: boolean | null;
}

/** A meeting that was held, on a civil day of the pair. */
export interface HeldMeeting {
  day: CivilDate;
  minutes: number | null;
}

/** A period of a pair with the meetings that were held in it, as it stands at `now`. */
export function meetingsItem(pairId: string, record: PromiseRecord, held: HeldMeeting[], now: Instant): MeetingsItem {
  const { from, to, kind, promised } = record;
  const inside = held.filter(({ day }) => from <= day && day <= to);
  return {
    pairId,
    period: `${from}/${to}`,
    unit: kind === 'hours' ? 'hours' : 'meetings',
    promised,
    held: inside.length,
    minutes: inside.reduce((sum, { minutes }) => sum + (minutes ?? 0), 0),
    kept: keptBy(record, now),
  };
}

/** A promise that is kept needs nobody's attention: its pair may have said nothing since the period was judged. */
function keptBy({ kind, promised, held, minutes, judgedAt, broken }: PromiseRecord, now: Instant): boolean | null {
  if (broken !== null) return !broken;
  if (now < judgedAt || promised === 0) return null;
  return kind === 'hours' ? minutes >= Math.round(promised * 60) : held >= promised;
}
