import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../policy/time.ts';
import { dispatchWorkflowId, programWorkflowId } from '../../workflows/ids.ts';
import { recordRuns } from '../replay/record.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { costsOf, kindsOf, totalOf } from './run-costs.ts';
import { openTerm, type Term } from './term.ts';

const weeks = 52;
/** Budgets of a pair and year of the reference week, check-ins aside. */
const budget = { actions: 350, events: 150, bytes: 64 * 1024, seconds: 60 };

let world: Rehearsed;
let term: Term;
let seconds: number;

/** One lesson a week: three the day after the class, the fourth an hour before the week closes. */
async function liveThrough(year: Term): Promise<void> {
  for (let week = 0; week < weeks; week++) {
    const late = week % 4 === 3;
    await world.advanceTo(late ? year.at(7 * week + 7, '10:00') - HOUR : year.at(7 * week + 1, '10:00'));
    await year.lesson();
  }
  await year.until(7 * weeks - 1, '23:00');
}

beforeAll(async () => {
  world = await startRehearsed();
  term = await openTerm(world, { weeks: weeks + 1, endsAfterWeeks: weeks + 1 });
  const began = performance.now();
  await liveThrough(term);
  seconds = (performance.now() - began) / 1000;
}, 300_000);
afterAll(() => world.stop());

describe('a whole year of one pair', () => {
  it('W2 W3 W4 V8 mail and text go in every fourth week, at the same local time over both clock changes', async () => {
    const heard = await term.heard();
    const expected = Array.from({ length: weeks / 4 }, (_, round) => 7 * (4 * round + 3)).flatMap((day) => [
      `${day + 3} 09:00 email class-reminder/regular sent`,
      `${day + 6} 16:00 sms class-reminder/regular sent`,
    ]);
    expect(heard).toEqual(expected);
    const hour = new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'UTC' });
    const mails = (await term.messages()).filter((row) => row.channel === 'email');
    expect(new Set(mails.map((row) => hour.format(row.sent_at as Date)))).toEqual(new Set(['13', '14']));
  });

  it('goes on over several runs, each of them short, within the budget of billed actions', async () => {
    const { client } = world.environment;
    const runs = await costsOf(client, term.workflowId());
    const others = [dispatchWorkflowId('people'), dispatchWorkflowId('urgent'), programWorkflowId(term.programId)];
    const shared = await Promise.all(others.map((id) => costsOf(client, id).catch(() => [])));
    console.info(
      JSON.stringify({
        seconds: Number(seconds.toFixed(1)),
        actions: totalOf(runs),
        kinds: kindsOf(runs),
        runs: runs.map(({ events, bytes }) => ({ events, bytes })),
        shared: shared.map((own) => ({
          actions: totalOf(own),
          runs: own.length,
          bytes: Math.max(...own.map(({ bytes }) => bytes)),
        })),
      }),
    );
    expect(runs.length).toBeGreaterThan(1);
    for (const { events, bytes } of [...runs, ...shared.flat().filter((run) => run.actions.activities === 0)]) {
      expect(events).toBeLessThanOrEqual(budget.events);
      expect(bytes).toBeLessThanOrEqual(budget.bytes);
    }
    expect(totalOf(runs)).toBeLessThanOrEqual(budget.actions);
    expect(seconds).toBeLessThan(budget.seconds);
  });

  it('keeps nothing in its state for ever: after a year it is as small as after some weeks', async () => {
    const { state, ctx } = await term.carried();
    expect(JSON.stringify(state).length).toBeLessThan(8 * 1024);
    expect(ctx.policies.length).toBeLessThanOrEqual(6);
  });

  it('is kept for replaying where that is asked for', async () => {
    const { client } = world.environment;
    await recordRuns(client, term.workflowId(), 'pair-year');
    await recordRuns(client, programWorkflowId(term.programId), 'program-year');
    await recordRuns(client, dispatchWorkflowId('people'), 'dispatcher-year');
  });
});
