import { DAY, HOUR, instantOf } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { recordEntries } from '../../prisma/store/journal.ts';
import { dispatchWorkflowId, pairWorkflowId } from '../../workflows/ids.ts';
import { atMost, type Figure } from '../support/figures.ts';
import { type RunCosts, runsOf } from '../support/histories.ts';
import { inScope } from '../support/scope.ts';
import type { Bench } from '../support/section.ts';
import { documentOf, pairIdsOf, programId, seedPairs, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { startVirtualTandem } from '../support/virtual.ts';

const budget = { actions: 350, events: 150, kilobytes: 64 };

/** A pair's year on the time-skipping test server: what Temporal Cloud would bill, and how long its histories get. */
export async function year(bench: Bench): Promise<Figure[]> {
  const weeks = bench.quick ? 8 : 52;
  return inScope(async (scope) => {
    const tandem = await startVirtualTandem(scope);
    const [pairId] = pairIdsOf('pair', 1) as [string];
    const began = performance.now();
    bench.say(`${weeks} weeks of one pair`);
    const messages = await liveThrough(tandem, pairId, weeks);
    const seconds = (performance.now() - began) / 1000;
    const runs = await runsOf(tandem.client, pairWorkflowId(programId, pairId));
    const dispatchers = await Promise.all(
      (['people', 'urgent'] as const).map((shard) => runsOf(tandem.client, dispatchWorkflowId(shard))),
    );
    const perYear = 52 / weeks;
    const largest = (of: (run: RunCosts) => number): number => Math.max(...runs.map(of));
    return [
      atMost(
        `billed actions of ${weeks} weeks (${messages} messages, ${runs.length} runs)`,
        actionsOf(runs),
        budget.actions / perYear,
        '',
        0,
      ),
      ...kindsOf(runs),
      { what: '  of the dispatchers, shared by all pairs', tandem: `${actionsOf(dispatchers.flat())}` },
      atMost(
        'events in the longest run',
        largest((run) => run.events),
        budget.events,
        '',
        0,
      ),
      atMost('largest history of a run', largest((run) => run.bytes) / 1024, budget.kilobytes, 'KB', 0),
      { what: 'seconds per pair-year', tandem: `${(seconds * perYear).toFixed(1)} s` },
    ];
  });
}

function actionsOf(runs: RunCosts[]): number {
  return runs.reduce((sum, run) => sum + Object.values(run.actions).reduce((a, b) => a + b, 0), 0);
}

function kindsOf(runs: RunCosts[]): Figure[] {
  const kinds = [...new Set(runs.flatMap((run) => Object.keys(run.actions)))];
  const counts = kinds.map((kind) => ({ kind, count: runs.reduce((sum, run) => sum + (run.actions[kind] ?? 0), 0) }));
  return counts.filter(({ count }) => count > 0).map(({ kind, count }) => ({ what: `  ${kind}`, tandem: `${count}` }));
}

/** One lesson a week, every fourth so late that both reminders go; answers how many messages were sent. */
async function liveThrough(
  tandem: Awaited<ReturnType<typeof startVirtualTandem>>,
  pairId: string,
  weeks: number,
): Promise<number> {
  const { database } = tandem;
  const opened = await tandem.now();
  // The first session is tomorrow.
  const calendar = weeklyCalendar(opened, -1, weeks);
  await seedProgram(database, documentOf(calendar.zone, {}), calendar, opened - 3 * DAY);
  await seedPairs(database, [pairId], opened);
  await database.$executeRawUnsafe(
    `insert into consents (person_id, channel, granted, by_person_id, source, wording, given_at, recorded_at)
     values ('mentor_${pairId}', 'sms', true, 'mentor_${pairId}', 'form', 'bench', now(), now())`,
  );
  for (const [week, { date, start }] of calendar.sessions.entries()) {
    const at = instantOf(date, start, calendar.zone);
    await tandem.advanceTo(week % 4 === 3 ? at + 7 * DAY - HOUR : at + DAY);
    await lesson(tandem, pairId, week);
  }
  await tandem.settle();
  const [row] = await queryRows<{ n: number }>(
    database,
    `select count(*)::int as n from messages where state = 'sent'`,
  );
  return row?.n ?? 0;
}

async function lesson(
  { database, now }: Awaited<ReturnType<typeof startVirtualTandem>>,
  subject: string,
  week: number,
): Promise<void> {
  const at = await now();
  const eventId = `lesson_${week}`;
  const times = { occurredAt: at, receivedAt: at, history: false, urgent: false };
  const entry = { source: '/bench', eventId, digest: '', ref: eventId, type: 'lesson.completed', subject, ...times };
  await recordEntries(database, [{ ...entry, data: { by: 'mentor' }, texts: {} }], null);
}
