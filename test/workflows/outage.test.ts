import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

describe('an outage of all workers', () => {
  it('W19 V9 what expired meanwhile is recorded as expired, what is still true goes at the next allowed time, once', async () => {
    const term = await openTerm(world, { weeks: 6, endsAfterWeeks: 6 });
    const other = await openTerm(world, { weeks: 6, endsAfterWeeks: 6, first: term.first });
    await term.until(2, '18:00');
    await world.outageUntil(term.at(20, '22:30'));
    expect(await term.heard()).toEqual([
      '3 09:00 email class-reminder/regular expired',
      '6 16:00 sms class-reminder/regular expired',
      '10 09:00 email class-reminder/missed-week expired',
      '13 16:00 sms class-reminder/missed-week expired',
    ]);
    expect((await term.heard('coord')).at(0)).toMatch(/^20 22:3\d email escalation-flag waiting$/);
    await other.event('outreach.recorded', { by: other.person('coord') });
    await term.until(21, '11:00');
    expect((await term.heard()).filter((line) => line.endsWith('sent'))).toEqual([]);
    expect((await term.heard('coord')).filter((line) => line.includes('flag'))).toHaveLength(1);
    expect(await term.cases()).toEqual(['escalation pair open']);
    await other.until(24, '10:00');
    expect((await other.heard()).filter((line) => line.endsWith('sent'))).toEqual([
      '24 09:00 email class-reminder/missed-week sent',
    ]);
  });

  it('W19 a mail that an outage kept past its slot but not past its expiry goes the next morning', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3 });
    await term.until(2, '18:00');
    await world.outageUntil(term.at(3, '22:30'));
    await term.until(4, '08:00');
    expect(await term.heard()).toEqual(['4 07:00 email class-reminder/regular sent']);
  });
});
