import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintProgram } from '../../policy/lint.ts';
import { decideProgram, openProgram, type ProgramContext, saidProgram } from '../../policy/program/decide.ts';
import { type Partially, withDefaults } from '../../policy/program.ts';
import type { LifecyclePolicy } from '../../policy/sections/lifecycle.ts';
import { DAY, HOUR, type Instant, instantOf, localMinute } from '../../policy/time.ts';

const zone = 'America/Chicago';
const at = (date: string, time = '09:00') => instantOf(date, time, zone);
const createdAt = at('2026-08-24', '12:00');

function contextOf(lifecycle: Partially<LifecyclePolicy>, since: Instant = createdAt): ProgramContext {
  const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup' };
  const document = withDefaults({ name: 'Example', zone, staff, policy: { lifecycle } });
  return { programId: 'prg', document, createdAt, classes: [], focus: [], lifecycleSince: since };
}

const june = contextOf({ kind: 'cohort', endsOn: '2027-06-11' });

/** Everything that is carried out between two instants, each when it is. */
function lived(ctx: ProgramContext, until: Instant, from: Instant = ctx.lifecycleSince ?? createdAt) {
  let state = openProgram();
  const carriedOut: string[] = [];
  for (let now: Instant | null = from; now !== null && now <= until; ) {
    const { sweeps, nextAt } = decideProgram(state, now, ctx);
    const minute = localMinute(now, zone);
    carriedOut.push(...(sweeps ?? []).map(({ key }) => `${minute} ${key}`));
    state = saidProgram(state, now, ctx);
    expect(decideProgram(state, now, ctx).sweeps).toBeNull();
    now = nextAt;
  }
  return carriedOut;
}

describe('S9 the end of a cohort', () => {
  it('people are asked 14 days before the end at 09:00, reminded a week later, and the pairs end after the last day', () => {
    expect(lived(june, at('2027-12-31'))).toEqual([
      '2027-05-28T09:00 prg/2027-06-11/cohort-offer',
      '2027-06-04T09:00 prg/2027-06-11/cohort-offer',
      '2027-06-04T09:00 prg/2027-06-11/cohort-reminder',
      '2027-06-12T00:00 prg/2027-06-11/cohort-end',
    ]);
  });

  it('a sweep says what the store needs: the day, the instant of the end, and who is reminded', () => {
    const [, reminder] = decideProgram(openProgram(), at('2027-06-05'), june).sweeps ?? [];
    expect(reminder).toMatchObject({ name: 'cohort-reminder', group: 'cohort-2027-06-11', at: at('2027-06-04') });
    expect(reminder?.parameters).toEqual({
      endsOn: '2027-06-11',
      endsAt: at('2027-06-12', '00:00'),
      offeredBy: at('2027-06-03'),
    });
  });

  it('V8 across a change of the clocks the hours stay civil', () => {
    const march = contextOf({ kind: 'cohort', endsOn: '2027-03-20' });
    expect(lived(march, at('2027-03-31')).map((line) => line.slice(0, 16))).toEqual([
      '2027-03-06T09:00',
      '2027-03-13T09:00',
      '2027-03-13T09:00',
      '2027-03-21T00:00',
    ]);
  });

  it('without an end, in another kind of program, or without the section nothing is asked and nothing ends', () => {
    const { lifecycleSince: _since, ...without } = june;
    without.document = { ...june.document, policy: { ...june.document.policy } };
    delete without.document.policy.lifecycle;
    for (const ctx of [contextOf({ kind: 'cohort' }), contextOf({ kind: 'always_on', inactiveDays: null }), without]) {
      expect(lived(ctx as ProgramContext, at('2028-01-01'), createdAt)).toEqual([]);
    }
  });

  it('V7 an end that is over when the program learns of it ends no pair and asks nobody', () => {
    const late = contextOf({ kind: 'cohort', endsOn: '2027-06-11' }, at('2027-06-12', '00:01'));
    expect(lived(late, at('2027-12-31'))).toEqual([]);
    const before = contextOf({ kind: 'cohort', endsOn: '2027-06-11' }, at('2027-06-11', '23:00'));
    expect(lived(before, at('2027-12-31'))).toEqual(['2027-06-12T00:00 prg/2027-06-11/cohort-end']);
  });

  it('an end that becomes known late is asked about the next morning, and reminded of only where a week is left', () => {
    const known = (minute: string) => contextOf({ kind: 'cohort', endsOn: '2027-06-11' }, at(minute, '10:00'));
    expect(lived(known('2027-06-01'), at('2027-12-31'))).toEqual([
      '2027-06-02T09:00 prg/2027-06-11/cohort-offer',
      '2027-06-09T09:00 prg/2027-06-11/cohort-offer',
      '2027-06-09T09:00 prg/2027-06-11/cohort-reminder',
      '2027-06-12T00:00 prg/2027-06-11/cohort-end',
    ]);
    expect(lived(known('2027-06-06'), at('2027-12-31'))).toEqual([
      '2027-06-07T09:00 prg/2027-06-11/cohort-offer',
      '2027-06-12T00:00 prg/2027-06-11/cohort-end',
    ]);
  });

  it('what an outage kept from happening happens when it is over, as long as it is of use', () => {
    expect(lived(june, at('2027-06-20'), at('2027-06-08'))).toEqual([
      '2027-06-08T09:00 prg/2027-06-11/cohort-offer',
      '2027-06-08T09:00 prg/2027-06-11/cohort-reminder',
      '2027-06-12T00:00 prg/2027-06-11/cohort-end',
    ]);
    expect(lived(june, at('2027-06-20'), at('2027-06-15'))).toEqual(['2027-06-15T09:00 prg/2027-06-11/cohort-end']);
  });

  it('an end that is moved takes back what was asked for the old one, and asks anew', () => {
    const asked = saidProgram(openProgram(), at('2027-05-28'), june);
    const moved = contextOf({ kind: 'cohort', endsOn: '2027-06-25' }, at('2027-05-29'));
    expect(decideProgram(asked, at('2027-05-29'), moved).sweeps).toEqual([]);
    expect(lived(moved, at('2027-06-12'))[0]).toBe('2027-06-11T09:00 prg/2027-06-25/cohort-offer');
  });

  it('the same look twice carries out nothing twice, and one that failed is owed again', () => {
    const now = at('2027-05-28');
    const failed = saidProgram(openProgram(), now, june, false);
    expect(decideProgram(failed, now, june).sweeps).toHaveLength(1);
    const done = saidProgram(failed, now, june);
    expect(decideProgram(done, now + HOUR, june).sweeps).toBeNull();
  });

  it('nothing new is owed between a look and the next instant, whatever the days of the policy', () => {
    const days = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(days, days, fc.integer({ min: 0, max: 400 }), (optOutDaysBefore, optOutReminderDays, day) => {
        const ctx = contextOf({ kind: 'cohort', endsOn: '2027-06-11', optOutDaysBefore, optOutReminderDays });
        const now = createdAt + day * DAY;
        const state = saidProgram(openProgram(), now, ctx);
        const { nextAt } = decideProgram(state, now, ctx);
        for (const part of [0.25, 0.5, 0.999]) {
          const between = nextAt === null ? now + part * 400 * DAY : now + part * (nextAt - now);
          const { sweeps } = decideProgram(state, Math.floor(between), ctx);
          // Asking is of use until the end: only that may go.
          expect((sweeps ?? []).every(({ key }) => state.swept?.includes(key))).toBe(true);
        }
      }),
    );
  });
});

describe('V6 what a life cycle may not or should not say', () => {
  const codes = (lifecycle: Partially<LifecyclePolicy>) =>
    lintProgram(contextOf(lifecycle).document)
      .map(({ severity, code, pointer }) => `${severity} ${code} ${pointer}`)
      .filter((line) => line.includes('/lifecycle'));

  it('a cohort without an end is warned about, and one that reminds with the end is refused', () => {
    expect(codes({ kind: 'cohort' })).toEqual(['warning no_end /policy/lifecycle/endsOn']);
    const ends = { kind: 'cohort' as const, endsOn: '2027-06-11' };
    expect(codes(ends)).toEqual([]);
    expect(codes({ ...ends, optOutDaysBefore: 7 })).toEqual([
      'error reminds_after_end /policy/lifecycle/optOutReminderDays',
    ]);
    expect(codes({ ...ends, optOutReminderDays: 0 })).toEqual([
      'error reminds_at_once /policy/lifecycle/optOutReminderDays',
    ]);
    expect(codes({ ...ends, optOutDaysBefore: 0 })).toEqual([
      'warning nobody_asked /policy/lifecycle/optOutDaysBefore',
    ]);
  });

  it('a program that takes silence for leaving within a month is warned about, and one without a notice is refused', () => {
    const on = { kind: 'always_on' as const };
    expect(codes(on)).toEqual([]);
    expect(codes({ ...on, inactiveDays: null })).toEqual([]);
    expect(codes({ ...on, inactiveDays: 29 })).toEqual(['warning inactive_soon /policy/lifecycle/inactiveDays']);
    expect(codes({ ...on, inactiveNoticeDays: 0 })).toEqual([
      'error marks_at_once /policy/lifecycle/inactiveNoticeDays',
    ]);
  });
});
