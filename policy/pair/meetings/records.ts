import { eventIdOf } from '../../event.ts';
import type { CivilDate } from '../../program.ts';
import type { Hold, PairRecord, RecordSet } from '../../step.ts';
import { addDays, DAY, dateOf, type Instant } from '../../time.ts';
import { type PairContext, zoneOf } from '../context.ts';
import type { MeetingsState } from './facts.ts';
import { type Meeting, meetingsOf } from './meetings.ts';
import { firstDay, type Period, periodsFrom, promisedIn } from './periods.ts';
import { heldIn, isBroken } from './promise.ts';

/** Late facts reach no further back. */
const recordedDaysBack = 100;
const longestPeriod = 31;

/** A period as pairs record it for the meetings report (K9). */
export interface PromiseRecord {
  from: CivilDate;
  to: CivilDate;
  kind: 'count' | 'hours';
  per: 'week' | 'month';
  /** Meetings or hours. */
  promised: number;
  held: number;
  minutes: number;
  judgedAt: Instant;
  /** Null while it was not judged, and where nothing was promised. */
  broken: boolean | null;
}

/** The meetings and periods of the last months, for reports. */
export function meetingRecords(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): RecordSet[] {
  const zone = zoneOf(ctx);
  const from = addDays(dateOf(now, zone), -recordedDaysBack);
  const meetings = meetingsOf(state, ctx).map((meeting) => meetingRecord(meeting, zone));
  const recent = meetings.filter(({ day }) => day >= from);
  const sets: RecordSet[] =
    recent.length > 0 || state.reports.length > 0 ? [{ kind: 'meeting', from, items: recent }] : [];
  const periods = recentPeriods(from, now, ctx).map((period) => periodRecord(period, state, now, ctx, holds));
  return periods.length > 0 ? [...sets, { kind: 'promise', from, items: periods }] : sets;
}

/** Whole periods only: one that was cut by the horizon would read as another. */
function recentPeriods(from: CivilDate, now: Instant, ctx: PairContext): Period[] {
  const first = firstDay(ctx);
  const start = from > first ? addDays(from, -longestPeriod) : first;
  const aligned = start > first ? alignedStart(start, now, ctx) : first;
  return aligned === null ? [] : periodsFrom(aligned, now, ctx).filter(({ to }) => to >= from);
}

/** The first day at or after `date` on which a period begins of itself. */
function alignedStart(date: CivilDate, now: Instant, ctx: PairContext): CivilDate | null {
  const cut = periodsFrom(date, now, ctx)[0];
  return cut?.next ?? null;
}

function meetingRecord({ id, at, occurred, minutes, reports }: Meeting, zone: string): PairRecord {
  const voices = reports.map((report) => ({ id: eventIdOf(report.ref), by: report.by, occurred: report.occurred }));
  const data = { occurred: occurred ?? 'contradicted', at, minutes: minutes || null, reports: voices };
  return { key: id, personId: null, day: dateOf(at, zone), data };
}

function periodRecord(period: Period, state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): PairRecord {
  const { from, to, promise, judgedAt } = period;
  const promised = promisedIn(period, ctx, holds);
  const held = heldIn(period, state, ctx);
  const broken = now < judgedAt ? null : isBroken(period, promised, heldIn(period, state, ctx, judgedAt));
  const { kind, per } = promise;
  const data: PromiseRecord = {
    from,
    to,
    kind,
    per,
    promised,
    held: held.meetings,
    minutes: held.minutes,
    judgedAt,
    broken,
  };
  return { key: from, personId: null, day: to, data: { ...data } };
}

/** Reports younger than this can still be read by a record or a judgement. */
export const reportsKeptFor = (recordedDaysBack + 2 * longestPeriod) * DAY;
