import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextYear, playCohort } from '../../bin/demo/cohort/cohort.ts';
import type { CohortWeek } from '../../bin/demo/cohort/week.ts';
import { addDays, type Instant } from '../../policy/time.ts';
import { queryRows } from '../../prisma/database.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

/** The cohort of the demo, a small one for its first weeks: the page of each week against a count in the database. */

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

interface Counted {
  sent: number;
  opened: number;
  ended: number;
  conversations: number;
}

async function counted(from: Instant, to: Instant): Promise<Counted> {
  const sql = `
    select
      (select count(*)::int from messages where state = 'sent' and sent_at > $1 and sent_at <= $2) as sent,
      (select count(*)::int from cases where opened_at > $1 and opened_at <= $2) as opened,
      (select count(*)::int from cases where ended_at > $1 and ended_at <= $2) as ended,
      (select count(*)::int from journal where type = 'conversation.logged' and received_at <= $2) as conversations`;
  const [row] = await queryRows<Counted>(world.database, sql, new Date(from), new Date(to));
  return row as Counted;
}

test('the page of each week tells what was new, what was done and what waits, as the database has it', async () => {
  const year = nextYear(await world.now());
  const pages: string[] = [];
  const weeks: CohortWeek[] = [];
  await playCohort(world, 8, year, addDays(year.first, 46), ({ page, week }) => {
    pages.push(page);
    weeks.push(week);
  });
  expect(pages).toHaveLength(7);
  for (const { from, sent, opened, ended, conversations } of weeks) {
    const told = Object.values(sent).reduce((sum, count) => sum + count, 0);
    const week: Counted = { sent: told, opened: opened.length, ended: ended.length, conversations };
    expect(week).toEqual(await counted(from, from + 7 * 86_400_000));
  }
  const waiting = await queryRows(world.database, `select id from cases where state in ('open', 'acknowledged')`);
  expect(weeks.at(-1)?.waiting.length).toBeGreaterThanOrEqual(waiting.length);
  const all = pages.join('\n');
  for (const said of [
    'have not met yet',
    'check-in overdue',
    'fewer meetings than promised',
    'low rating',
    'asks for help',
  ])
    expect(all).toContain(said);
  expect(weeks.some(({ sent }) => (sent['check-in'] ?? 0) > 5)).toBe(true);
});
