import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm, type Term } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

/** The clock goes to an instant while an event that occurred just before it is on its way: either may come first. */
async function meet(term: Term, day: number, time: string): Promise<void> {
  const target = term.at(day, time);
  await world.advanceTo(target - 20);
  await Promise.all([term.lesson({}, { at: target - 1, unsettled: true }), world.advanceTo(target)]);
  await world.settle();
}

describe('a lesson and a timer at one instant', () => {
  it('W1 W13 a lesson that occurred just before the close is no miss, whichever came first', async () => {
    for (const order of ['event', 'timer', 'both']) {
      const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4 });
      await term.until(14, '09:59');
      const at = term.at(14, '10:00') - 1;
      if (order === 'event') await world.advanceTo(at);
      if (order === 'timer') await world.advanceTo(at + 1);
      if (order === 'both') await meet(term, 14, '10:00');
      else await term.lesson({}, { at });
      await term.until(15, '12:00');
      expect((await term.view()).classWeek, order).toMatchObject({ missedStreak: 0, escalated: false });
      expect(await term.cases(), order).toEqual(order === 'event' ? [] : expect.not.arrayContaining(['escalation pair open']));
      const heard = await term.heard('coord');
      expect(heard.filter((line) => line.endsWith('sent')), order).toEqual([]);
    }
  });

  it('W1 control: a lesson at the very instant of the close belongs to the next week', async () => {
    const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4 });
    await term.until(7, '10:00');
    await term.lesson();
    expect((await term.view()).classWeek).toMatchObject({ complete: true, sessionDate: term.date(7) });
    const { state } = await term.carried();
    expect(JSON.stringify(state.performed)).not.toContain('class-email');
    await term.until(14, '09:00');
    expect((await term.heard()).map((line) => line.split(' ')[0])).toEqual(['3', '6']);
  });

  it('W4 M6 a lesson at the very slot of the mail: it is sent or withdrawn, never both, and no text follows', async () => {
    for (const order of ['event', 'timer', 'both']) {
      const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2 });
      await term.until(3, '08:59');
      if (order === 'event') await world.advanceTo(term.at(3, '09:00') - 1);
      if (order === 'timer') await world.advanceTo(term.at(3, '09:00'));
      if (order === 'both') await meet(term, 3, '09:00');
      else await term.lesson({}, { at: term.at(3, '09:00') - 1 });
      await term.until(7, '09:00');
      const heard = await term.heard();
      expect(heard, order).toHaveLength(1);
      if (order === 'event') expect(heard).toEqual(['3 09:00 email class-reminder/regular withdrawn']);
      if (order === 'timer') expect(heard).toEqual(['3 09:00 email class-reminder/regular sent']);
      expect(heard[0], order).toMatch(/^3 09:00 email class-reminder\/regular (sent|withdrawn)$/);
    }
  });
});
