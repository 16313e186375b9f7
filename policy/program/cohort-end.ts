import type { SweepStep } from '../step.ts';
import { addDays, dateOf, earliestAfter, type Instant, instantOf } from '../time.ts';
import type { ProgramConcern, ProgramContext } from './concern.ts';

/**
 * A run of a cohort comes to its end: everybody is offered to opt out of the next one, reminded once, and the pairs end
 * after the last day (S9). Whoever was offered and did not answer stays enrolled, unconfirmed.
 */

/** When people are asked, in the program's zone. */
const askedAt = '09:00';

interface Run {
  endsOn: string;
  /** First instant after the last day. */
  endsAt: Instant;
  /** When people are asked; null where the end was not known early enough to leave them a day. */
  offerAt: Instant | null;
  remindAt: Instant | null;
}

/** The run in progress, or the last one; null where the program ends no run, or learned of the end when it was over (V7). */
function runOf({ document, lifecycleSince, createdAt }: ProgramContext): Run | null {
  const { lifecycle } = document.policy;
  if (lifecycle?.kind !== 'cohort' || lifecycle.endsOn === null || lifecycleSince === undefined) return null;
  const { zone } = document;
  const { endsOn, optOutDaysBefore, optOutReminderDays } = lifecycle;
  const knownSince = Math.max(lifecycleSince, createdAt);
  const endsAt = instantOf(addDays(endsOn, 1), '00:00', zone);
  if (endsAt < knownSince) return null;
  const offerOn = firstDayToAsk(addDays(endsOn, -optOutDaysBefore), knownSince, zone);
  const remindOn = addDays(offerOn, optOutReminderDays);
  return {
    endsOn,
    endsAt,
    offerAt: offerOn < endsOn ? instantOf(offerOn, askedAt, zone) : null,
    remindAt: remindOn < endsOn ? instantOf(remindOn, askedAt, zone) : null,
  };
}

/** An end that became known late is asked about as soon as it can be, and not on a day that has passed. */
function firstDayToAsk(planned: string, knownSince: Instant, zone: string): string {
  if (instantOf(planned, askedAt, zone) >= knownSince) return planned;
  const today = dateOf(knownSince, zone);
  return instantOf(today, askedAt, zone) >= knownSince ? today : addDays(today, 1);
}

function sweepsOf(run: Run, ctx: ProgramContext): Array<SweepStep & { until: Instant | null }> {
  const { endsOn, endsAt, offerAt, remindAt } = run;
  const sweep = (name: string, at: Instant, parameters: Record<string, unknown>): SweepStep => ({
    kind: 'sweep',
    key: `${ctx.programId}/${endsOn}/${name}`,
    name,
    group: `cohort-${endsOn}`,
    at,
    parameters: { endsOn, endsAt, ...parameters },
  });
  const asking = { until: endsAt };
  return [
    ...(offerAt === null ? [] : [{ ...sweep('cohort-offer', offerAt, {}), ...asking }]),
    // Who was asked late has had no time to forget it.
    ...(offerAt === null || remindAt === null
      ? []
      : [{ ...sweep('cohort-reminder', remindAt, { offeredBy: dayBefore(remindAt, ctx) }), ...asking }]),
    { ...sweep('cohort-end', endsAt, {}), until: null },
  ];
}

function dayBefore(at: Instant, { document: { zone } }: ProgramContext): Instant {
  return instantOf(addDays(dateOf(at, zone), -1), askedAt, zone);
}

export const cohortEnd: ProgramConcern<null> = {
  open: () => null,
  due(_state, now, ctx) {
    const run = runOf(ctx);
    const all = run ? sweepsOf(run, ctx) : [];
    const standing = all.filter(({ at, until }) => at <= now && (until === null || now < until));
    return { messages: [], cases: [], sweeps: standing.map(({ until: _until, ...sweep }) => sweep) };
  },
  said: () => null,
  nextAt(now, ctx) {
    const run = runOf(ctx);
    return run && earliestAfter(now, [run.offerAt, run.remindAt, run.endsAt]);
  },
};
