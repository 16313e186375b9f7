import { eventIdOf } from '../../event.ts';
import type { CivilDate } from '../../program.ts';
import type { Hold, PairRecord, RecordSet } from '../../step.ts';
import { addDays, dateOf, type Instant } from '../../time.ts';
import { type PairContext, zoneOf } from '../context.ts';
import { type MeetingsState, recordedDaysBack } from './facts.ts';
import { heldAsJudged, heldIn, isBroken, isNamed } from './judgements.ts';
import { type Meeting, meetingsOf } from './meetings.ts';
import { firstDay, type Period, periodsFrom, promisedIn } from './periods.ts';

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
  const meetings = meetingsOf(state, ctx, 'all').map((meeting) => meetingRecord(meeting, zone));
  const recent = meetings.filter(({ day }) => day >= from);
  const sets: RecordSet[] =
    recent.length > 0 || state.reports.length > 0 ? [{ kind: 'meeting', from, items: recent }] : [];
  const periods = periodsFrom(firstDay(ctx), now, ctx)
    .filter(({ to }) => to >= from)
    .map((period) => periodRecord(period, state, now, ctx, holds));
  return periods.length > 0 ? [...sets, { kind: 'promise', from, items: periods }] : sets;
}

/** Its key is the whole identity of the report: two sources may have given one event id. */
function meetingRecord({ first, at, occurred, minutes, reports }: Meeting, zone: string): PairRecord {
  const voices = reports.map((report) => ({ id: eventIdOf(report.ref), by: report.by, occurred: report.occurred }));
  const data = { occurred: occurred ?? 'contradicted', at, minutes, reports: voices };
  return { key: first.ref, personId: null, day: dateOf(at, zone), data };
}

function periodRecord(period: Period, state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): PairRecord {
  const { from, to, promise, judgedAt } = period;
  const promised = promisedIn(period, ctx, holds);
  const held = heldIn(period, meetingsOf(state, ctx, 'all'));
  const { kind, per } = promise;
  const figures = { promised, held: held.meetings, minutes: held.minutes };
  const data: PromiseRecord = { from, to, kind, per, ...figures, judgedAt, broken: null };
  if (isNamed(period, state)) data.broken = true;
  else if (judgedAt <= Math.min(now, ctx.closed?.at ?? now)) {
    data.broken = isBroken(period, promised, heldAsJudged(period, state, ctx));
  }
  return { key: from, personId: null, day: to, data: { ...data } };
}
