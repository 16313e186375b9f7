import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAsking } from '../support/asking.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

/**
 * With a worker that keeps no workflow in memory at all. The SDK then throws a workflow out while it waits for a local
 * activity, now and then, and the task is only given out again after its timeout of ten seconds: hence short tests.
 */
let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed({ cachedWorkflows: 0 });
});
afterAll(() => world.stop());

describe('without a cache', () => {
  it('W2 M6 the mail of a class week is decided, and taken back by a lesson', { timeout: 180_000 }, async () => {
    const term = await openTerm(world, { weeks: 2, endsAfterWeeks: 2 });
    await term.until(2, '18:00');
    expect(await term.heard()).toEqual(['3 09:00 email class-reminder/regular waiting']);
    await term.lesson();
    expect(await term.heard()).toEqual(['3 09:00 email class-reminder/regular withdrawn']);
  });

  it('R8 a request closes, and the mentee is told once', { timeout: 180_000 }, async () => {
    const policy = { remindAfterDays: [], closeAfterDays: 1, noRequestNudgeDays: [] };
    const asking = await openAsking(world, { policy, mentors: ['ada'], mentees: ['mia'] });
    const id = await asking.request('mia', 'ada');
    await asking.until(1, '10:30');
    expect(await asking.status(id)).toBe('closed_unanswered');
    expect(await asking.heard('mia')).toEqual(['1 10:00 request-closed sent']);
  });
});
