import { describe, expect, it } from 'vitest';
import { decideProgram, openProgram, type ProgramContext, saidProgram } from '../../policy/program/decide.ts';
import { type Partially, withDefaults } from '../../policy/program.ts';
import type { LifecyclePolicy } from '../../policy/sections/lifecycle.ts';
import { type Instant, instantOf, localMinute } from '../../policy/time.ts';

const zone = 'America/Chicago';
const at = (date: string, time = '09:00') => instantOf(date, time, zone);
const createdAt = at('2026-08-24', '12:00');

function contextOf(lifecycle: Partially<LifecyclePolicy>, since: Instant = createdAt): ProgramContext {
  const document = withDefaults({ name: 'Example', zone, staff: { coordinator: 'coord' }, policy: { lifecycle } });
  return { programId: 'prg', document, createdAt, classes: [], focus: [], lifecycleSince: since };
}

const alwaysOn = contextOf({ kind: 'always_on' });

describe('S8 looking for people of whom nothing is heard', () => {
  it('a program that is always on looks each day at 09:00 in its zone, and twice on none', () => {
    let state = openProgram();
    const looks: string[] = [];
    for (let now: Instant | null = createdAt; now !== null && now < at('2026-08-27', '23:00'); ) {
      const { sweeps, nextAt } = decideProgram(state, now, alwaysOn);
      looks.push(...(sweeps ?? []).map(({ key }) => `${localMinute(now as Instant, zone)} ${key}`));
      state = saidProgram(state, now, alwaysOn);
      now = nextAt;
    }
    expect(looks).toEqual([
      '2026-08-25T09:00 prg/2026-08-25/inactivity',
      '2026-08-26T09:00 prg/2026-08-26/inactivity',
      '2026-08-27T09:00 prg/2026-08-27/inactivity',
    ]);
  });

  it('a look asks for 90 days of silence, and for 7 days since a notice, in civil days', () => {
    const [look] = decideProgram(openProgram(), at('2027-03-20', '15:00'), alwaysOn).sweeps ?? [];
    expect(look?.at).toBe(at('2027-03-20'));
    expect(look?.parameters).toEqual({
      date: '2027-03-20',
      since: createdAt,
      quietSince: at('2026-12-20'),
      noticedBy: at('2027-03-13'),
      marksAt: at('2027-03-27'),
      answerBy: '2027-03-27',
      coordinator: 'coord',
    });
  });

  it('V7 nobody is quiet for the time before the program began to look', () => {
    const since = at('2026-10-01', '12:00');
    const [look] = decideProgram(openProgram(), at('2026-10-02'), contextOf({ kind: 'always_on' }, since)).sweeps ?? [];
    expect(look?.parameters).toMatchObject({ since });
    expect(decideProgram(openProgram(), since, contextOf({ kind: 'always_on' }, since)).sweeps).toBeNull();
  });

  it('a cohort does not look, nor does a program whose days are null', () => {
    for (const lifecycle of [{ kind: 'cohort' as const }, { kind: 'always_on' as const, inactiveDays: null }]) {
      const decision = decideProgram(openProgram(), at('2026-12-01'), contextOf(lifecycle));
      expect([decision.sweeps, decision.nextAt]).toEqual([null, null]);
    }
  });

  it('after an outage it looks once, for the last morning', () => {
    const before = saidProgram(openProgram(), at('2026-09-01'), alwaysOn);
    const { sweeps } = decideProgram(before, at('2026-09-05', '08:59'), alwaysOn);
    expect(sweeps?.map(({ key }) => key)).toEqual(['prg/2026-09-04/inactivity']);
  });
});
