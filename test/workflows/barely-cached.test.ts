import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

/**
 * The same as in other tests, with a worker that keeps one workflow in memory: pair, program and dispatchers push each other
 * out, and nearly every task replays its run.
 */
let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed({ cachedWorkflows: 1 });
});
afterAll(() => world.stop());

describe('with room for one workflow in the cache', () => {
  it('W2 W3 W6 W7 W9 W10 W11 a pair that misses, is flagged, prompted for and resumed lives the same term', async () => {
    const term = await openTerm(world, { weeks: 6, endsAfterWeeks: 6 });
    await term.until(22, '12:00');
    await term.event('outreach.recorded', { by: term.person('coord') });
    await term.until(29, '12:00');
    await term.lesson();
    await term.until(34, '17:00');
    expect(await term.heard()).toEqual([
      '3 09:00 email class-reminder/regular sent',
      '6 16:00 sms class-reminder/regular sent',
      '10 09:00 email class-reminder/missed-week sent',
      '13 16:00 sms class-reminder/missed-week sent',
      '24 09:00 email class-reminder/missed-week sent',
      '27 16:00 sms class-reminder/missed-week sent',
    ]);
    expect((await term.heard('coord')).filter((line) => !line.includes('digest'))).toEqual([
      '14 10:02 email escalation-flag sent',
      '21 10:02 email outreach-prompt sent',
    ]);
    expect((await term.view()).classWeek).toMatchObject({ complete: true, missedStreak: 0, remindersPaused: false });
  });

  it('S11 V7 W13 pause, new policy and a late lesson are applied as with a cache', async () => {
    const term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
    await term.until(2, '18:00');
    expect(await term.command('pause', { reason: 'illness' })).toBe('applied');
    await term.until(5, '12:00');
    expect(await term.command('resume')).toBe('applied');
    await term.putProgram({ classWeek: { email: { daysAfterSession: 2, at: '10:00' } } });
    await term.until(22, '12:00');
    expect(await term.cases()).toEqual(['escalation pair open']);
    await term.lesson({}, { at: term.at(20, '18:00') });
    expect(await term.cases()).toEqual(['escalation pair withdrawn']);
    expect((await term.heard()).filter((line) => line.endsWith('sent'))).toEqual([
      '9 10:00 email class-reminder/regular sent',
      '13 16:00 sms class-reminder/regular sent',
      '16 10:00 email class-reminder/missed-week sent',
      '20 16:00 sms class-reminder/missed-week sent',
    ]);
  });
});
