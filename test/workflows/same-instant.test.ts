import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm, type Term } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

const SECOND = 1000;
const orders = ['event first', 'timer first', 'both at once'] as const;

/** A lesson that occurred just before an instant arrives before its timer, after it, or while the clock gets there. */
async function meet(term: Term, order: (typeof orders)[number], day: number, time: string): Promise<void> {
  const target = term.at(day, time);
  // The clock runs on while nothing skips it: a few seconds are enough to be early.
  const before = target - 5 * SECOND;
  await world.advanceTo(order === 'timer first' ? target : before);
  const lesson = term.lesson({}, { at: before, unsettled: order === 'both at once' });
  await Promise.all(order === 'both at once' ? [lesson, world.environment.sleep(target - before)] : [lesson]);
  await world.settle();
}

describe('a lesson and a timer at one instant', () => {
  it('W1 W13 a lesson that occurred just before the close is no miss, whichever came first', async () => {
    for (const order of orders) {
      const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4 });
      await term.until(14, '09:59');
      await meet(term, order, 14, '10:00');
      await term.until(15, '12:00');
      expect((await term.view()).classWeek, order).toMatchObject({ missedStreak: 0, escalated: false });
      const cases = await term.cases();
      if (order === 'event first') expect(cases).toEqual([]);
      if (order === 'timer first') expect(cases).toEqual(['escalation pair withdrawn']);
      expect(cases, order).not.toContain('escalation pair open');
      const heard = await term.heard('coord');
      expect(
        heard.filter((line) => line.endsWith('sent')),
        order,
      ).toEqual([]);
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
    for (const order of orders) {
      const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2 });
      await term.until(3, '08:59');
      await meet(term, order, 3, '09:00');
      await term.until(7, '09:00');
      const heard = await term.heard();
      if (order === 'event first') expect(heard).toEqual(['3 09:00 email class-reminder/regular withdrawn']);
      if (order === 'timer first') expect(heard).toEqual(['3 09:00 email class-reminder/regular sent']);
      expect(heard, order).toHaveLength(1);
      expect(heard[0], order).toMatch(/^3 09:00 email class-reminder\/regular (sent|withdrawn)$/);
    }
  });
});
