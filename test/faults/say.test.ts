import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addDays, dateOf, localMinute, MINUTE } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { putClass } from '../../prisma/store/classes.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import { handOvers } from './support/outbox.ts';
import { testTimeout } from './support/profile.ts';
import { noonZone, programId, record, seedPair, seedPeople, seedProgram } from './support/seeds.ts';
import { until, when } from './support/waiting.ts';
import { startWorld, type World } from './support/world.ts';

/**
 * The worker dies after a say was committed and before its workflow task is recorded: the say may be forgotten, and what
 * it wrote must not go out when it is no longer true (M6).
 */

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.stop());

/** Two pairs whose class met yesterday, and whose reminder has just become due. */
async function seedClassWeek(): Promise<void> {
  const { database } = world;
  const zone = noonZone();
  const slot = Math.floor(Date.now() / MINUTE) * MINUTE;
  const [yesterday, at] = [addDays(dateOf(slot, zone), -1), localMinute(slot, zone).slice(11)];
  await seedProgram(database, { classWeek: { email: { daysAfterSession: 1, at } } });
  const sessions = [yesterday, addDays(yesterday, 7)].map((date) => {
    return { id: date, date, start: '08:00', state: 'held' as const };
  });
  const content = { zone, endsOn: null, sessions };
  await putClass(database, { id: 'class', programId, now: Date.now(), contentAfter: () => content });
  for (const id of ['undone', 'standing']) {
    await seedPeople(database, `mentor-${id}`, 1);
    await seedPeople(database, `mentee-${id}`, 1);
    await seedPair(database, { id, mentorId: `mentor-${id}0`, menteeId: `mentee-${id}0`, classId: 'class' });
  }
}

interface Row {
  id: string;
  owner: string;
  state: string;
  reason: string | null;
}

function rows(): Promise<Row[]> {
  const sql = `select id, owner, state, reason from messages where channel = 'email' order by owner desc`;
  return queryRows(world.database, sql);
}

async function openEntries(): Promise<number> {
  const sql = `select count(*) as open from journal where state = 'recorded'`;
  return Number((await queryRows<{ open: bigint }>(world.database, sql))[0]?.open);
}

/** Whether the server knows of a workflow task that the pair has completed. */
async function hasDecided(pairId: string): Promise<boolean> {
  const handle = world.client.workflow.getHandle(pairWorkflowId(programId, pairId));
  const { events = [] } = await handle.fetchHistory();
  return (events ?? []).some((event) => event.workflowTaskCompletedEventAttributes != null);
}

const [undone, standing] = ['undone', 'standing'].map((id) => pairWorkflowId(programId, id));

describe('a say that was committed and forgotten', { timeout: testTimeout }, () => {
  it('M6 is withdrawn when the retried task sees a lesson first, and goes out once when nothing undoes it', async () => {
    await seedClassWeek();
    await world.start('api', 'api');
    const dying = await world.start('test/faults/support/killed-after-say.ts', 'dying', { SAYS: '2' });
    await dying.ended;
    expect(await rows()).toMatchObject([
      { owner: undone, state: 'waiting' },
      { owner: standing, state: 'waiting' },
    ]);
    expect([await hasDecided('undone'), await hasDecided('standing')]).toEqual([false, false]);

    await record(world.database, { id: 'done', type: 'lesson.completed', pairId: 'undone', data: { by: 'mentor' } });
    // The stale reminder is due, and whoever starts now can send it.
    await (await world.start('worker', 'worker')).ready();
    await until('both reminders have come to an end', 60_000, async () => {
      const ended = (await rows()).every(({ state }) => state === 'sent' || state === 'skipped');
      return when(ended && (await openEntries()) === 0);
    });
    const ended = await rows();
    expect(ended).toMatchObject([
      { owner: undone, state: 'skipped', reason: 'withdrawn' },
      { owner: standing, state: 'sent', reason: null },
    ]);
    expect(await handOvers([world.outbox('worker')])).toEqual([[ended[1]?.id]]);
  });
});
