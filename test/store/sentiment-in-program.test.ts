import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ProgramDocument, withDefaults } from '../../policy/program.ts';
import { addDays, DAY, dateOf, HOUR, type Instant, instantOf } from '../../policy/time.ts';
import { type Database, execute } from '../../prisma/database.ts';
import { putClass } from '../../prisma/store/classes.ts';
import { readSentimentIn } from '../../prisma/store/sentiment-in-program.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { insertPair } from '../support/facts.ts';
import { insertMessage } from '../support/ledger.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';

/** How a program feels, as it is counted in the database, against a count by hand. */

const zone = 'America/Chicago';
const document: ProgramDocument = withDefaults({ name: 'prg', zone, policy: { surveys: {}, sentiment: {} } });
const at = (date: string, time = '09:00') => instantOf(date, time, zone);
/** A Monday. */
const monday = '2026-11-02';

let stored: TestDatabase;
let database: Database;
beforeAll(async () => {
  stored = await createTestDatabase();
  database = stored.database;
  for (const id of ['prg', 'other']) await seedProgram(database, id, at('2026-01-01'), { zone });
  for (const id of ['mentor', 'mentee']) await seedPerson(database, id);
});
afterAll(() => stored.drop());
beforeEach(async () => {
  for (const table of ['pair_records', 'cases', 'messages', 'pairs']) await execute(database, `delete from ${table}`);
});

interface PairLife {
  matchedAt: Instant;
  closedAt: Instant | null;
  pauses: Array<{ from: Instant; until: Instant | null }>;
  /** It has not said anything yet. */
  silent?: boolean;
  retired?: boolean;
}

async function putPair(id: string, life: PairLife, programId = 'prg'): Promise<void> {
  await insertPair(database, { id, programId, mentorId: 'mentor', menteeId: 'mentee' });
  const { matchedAt, closedAt, pauses, silent, retired } = life;
  const ctx = { pauses, closed: closedAt === null ? null : { at: closedAt, reason: 'done' } };
  const completed = retired && closedAt !== null ? new Date(closedAt + 30 * DAY) : null;
  const projection = silent ? null : JSON.stringify({ state: {}, ctx });
  const sql = `update pairs set matched_at = $2, completed_at = $3, projection = $4::jsonb, state = $5 where id = $1`;
  const state = closedAt === null ? 'active' : 'closed';
  await execute(database, sql, id, new Date(matchedAt), completed, projection, state);
}

let records = 0;

async function putRecord(pairId: string, kind: string, day: string, data: object, programId = 'prg'): Promise<void> {
  const sql = `insert into pair_records (pair_id, kind, key, program_id, person_id, day, data)
    values ($1, $2, $3, $4, 'mentor', $5, $6::jsonb)`;
  await execute(database, sql, pairId, kind, String(++records), programId, day, JSON.stringify(data));
}

interface Answer {
  at: Instant;
  score: number;
  scale: number;
}

async function answer(pairId: string, given: Answer, programId = 'prg'): Promise<void> {
  const low = given.score <= 0.4 * given.scale;
  await putRecord(pairId, 'survey', dateOf(given.at, zone), { ...given, instrument: 'mqs', low }, programId);
}

/** A message that was sent, decided the day before. */
async function ask(sentAt: Instant, template: string, programId = 'prg'): Promise<void> {
  const id = `msg_${++records}`;
  await insertMessage(database, { id, programId, template, state: 'sent', at: sentAt - DAY });
  await execute(database, 'update messages set sent_at = $2 where id = $1', id, new Date(sentAt));
}

/** Numbers that are the same each time, as if they were drawn. */
function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const alive: PairLife = { matchedAt: at('2026-06-01'), closedAt: null, pauses: [] };
const isNear = (value: number) => expect.closeTo(value, 6);

describe('what a review counts', () => {
  it('S7 the days before a review, and as many before these, each day once', async () => {
    await putPair('pair', alive);
    await putPair('elsewhere', alive, 'other');
    const draw = draws(7);
    const answers = Array.from({ length: 120 }, () => ({
      at: at(addDays('2026-09-02', draw(60)), '00:00') + draw(24) * HOUR,
      score: 1 + draw(5),
      scale: 5,
    }));
    for (const given of answers) await answer('pair', given);
    await answer('elsewhere', { at: at('2026-08-01'), score: 1, scale: 5 }, 'other');
    const first = answers.map((given) => dateOf(given.at, zone)).sort()[0] as string;
    const on = addDays(first, 28);
    const { firstOn, review } = await readSentimentIn(database, 'prg', document, at(on));
    const count = (from: string, to: string) => {
      const days = answers.filter((given) => dateOf(given.at, zone) >= from && dateOf(given.at, zone) < to);
      const sum = days.reduce((total, { score, scale }) => total + score / scale, 0);
      const low = days.filter(({ score }) => score <= 2).length;
      return { responses: days.length, mean: isNear(sum / days.length), low };
    };
    expect(firstOn).toBe(first);
    expect(review).toEqual({ on, lately: count(addDays(on, -14), on), before: count(first, addDays(on, -14)) });
    expect(review?.lately.responses).toBeGreaterThan(5);
  });

  it('S7 nothing before the first answer, and no mean of nothing', async () => {
    await putPair('pair', alive);
    const nothing = { firstOn: null, review: null, pace: null, tasks: [] };
    expect(await readSentimentIn(database, 'prg', document, at('2026-11-04'))).toEqual(nothing);
    await answer('pair', { at: at('2026-09-02'), score: 3, scale: 4 });
    const { review } = await readSentimentIn(database, 'prg', document, at('2026-11-04'));
    const empty = { responses: 0, mean: null, low: 0 };
    expect(review).toEqual({ on: '2026-10-28', lately: empty, before: empty });
  });
});

describe('what a slow-down is judged by', () => {
  const span = (index: number) => ({
    from: at(addDays(monday, -14 * (index + 1)), '00:00'),
    to: at(addDays(monday, -14 * index), '00:00'),
  });

  it('S6 answers and contacts by period, and pairs by the time in which they were active', async () => {
    const draw = draws(42);
    const instant = () => at('2026-08-20', '00:00') + draw(80 * 24) * HOUR;
    const lives = Array.from({ length: 40 }, (_, index): PairLife => {
      const matchedAt = at('2026-07-01', '00:00') + draw(130 * 24) * HOUR;
      const closedAt = index % 3 === 0 ? Math.max(matchedAt, instant()) : null;
      const starts = [instant(), instant(), instant()].sort((a, b) => a - b).slice(0, index % 4);
      const pauses = starts.map((from, place) => ({
        from,
        until: starts[place + 1] ?? (index % 2 ? null : from + draw(30 * 24) * HOUR),
      }));
      return { matchedAt, closedAt, pauses, retired: index % 6 === 0 };
    });
    for (const [index, life] of lives.entries()) await putPair(`pair_${index}`, life);
    await putPair('new', { ...alive, silent: true });
    await putPair('elsewhere', alive, 'other');
    const given: Instant[] = [];
    for (let index = 0; index < 150; index++) {
      const when = instant();
      if (index % 2) await answer(`pair_${index % 40}`, { at: when, score: 4, scale: 5 });
      else {
        const contact = index % 10 === 0 ? null : { id: 'evt', at: when, mode: 'phone', by: null };
        // A late contact is recorded on the day on which it was due.
        const dueOn = addDays(dateOf(when, zone), draw(60) - 55);
        await putRecord(`pair_${index % 40}`, 'check-in', dueOn, { contact });
        if (!contact) continue;
      }
      given.push(when);
    }
    const askedAt = Array.from({ length: 60 }, instant);
    for (const [index, when] of askedAt.entries()) await ask(when, index % 2 ? 'survey' : 'check-in');
    await ask(instant(), 'class-reminder');
    await ask(instant(), 'survey', 'other');
    const { pace } = await readSentimentIn(database, 'prg', document, at(monday));
    const byHand = [0, 1, 2].map((index) => {
      const { from, to } = span(index);
      // Hour by hour, as somebody would count it on paper.
      let hours = 0;
      for (const life of [...lives, alive]) {
        for (let hour = from; hour < to; hour += HOUR) {
          const on = life.matchedAt <= hour && (life.closedAt === null || hour < life.closedAt);
          const paused = life.pauses.some(
            (pause) => pause.from <= hour && (pause.until === null || hour < pause.until),
          );
          if (on && !paused) hours++;
        }
      }
      const responses = given.filter((when) => when >= from && when < to).length;
      const asked = askedAt.filter((when) => when + 3 * DAY >= from && when + 3 * DAY < to).length;
      return { responses, activePairs: isNear(hours / ((to - from) / HOUR)), asked };
    });
    expect(pace).toEqual({ on: monday, periods: byHand, classHeld: true });
    expect(pace?.periods.every(({ responses, asked }) => responses > 20 && asked > 5)).toBe(true);
  });

  it('S6 is read on Mondays alone', async () => {
    await putPair('pair', alive);
    const read = async (now: Instant) => (await readSentimentIn(database, 'prg', document, now)).pace;
    expect(await read(at(monday, '08:59'))).toBeNull();
    expect(await read(at(monday))).toMatchObject({ periods: [{ responses: 0, activePairs: 1 }, {}, {}] });
    expect(await read(at('2026-11-04'))).toBeNull();
  });

  it('S6 a period without a held class is a break, in a program with classes', async () => {
    await putPair('pair', alive);
    const held = async (date: string, state: 'held' | 'cancelled') => {
      const sessions = [{ id: date, date, start: '10:00', state }];
      const content = { zone, endsOn: null, sessions };
      await putClass(database, { id: 'cls', programId: 'prg', now: at('2026-08-01'), contentAfter: () => content });
      return (await readSentimentIn(database, 'prg', document, at(monday))).pace?.classHeld;
    };
    expect(await held('2026-11-01', 'held')).toBe(true);
    expect(await held('2026-10-19', 'held')).toBe(true);
    expect(await held('2026-10-18', 'held')).toBe(false);
    expect(await held('2026-10-20', 'cancelled')).toBe(false);
    expect(await held(monday, 'held')).toBe(false);
    for (const table of ['class_versions', 'classes']) await execute(database, `delete from ${table}`);
  });
});

describe('the tasks', () => {
  it('S7 names the program’s own that nobody has ended', async () => {
    const put = (key: string, state: string, change: Record<string, string | null> = {}) => {
      const row = { reason: 'sentiment_review', kind: 'task', program: 'prg', pair: null, ...change };
      const sql = `insert into cases (id, key, owner, kind, program_id, pair_id, state, reason, facts, details, opened_at)
        values ($1, $1, 'program:prg', $2, $3, $4, $5, $6, '{}', '{}', now())`;
      return execute(database, sql, key, row.kind, row.program, row.pair, state, row.reason);
    };
    await put('a', 'open');
    await put('b', 'acknowledged', { reason: 'sentiment_slow' });
    await put('c', 'resolved');
    await put('d', 'withdrawn');
    await put('e', 'open', { reason: 'class_without_next_session' });
    await put('f', 'open', { program: 'other' });
    const { tasks } = await readSentimentIn(database, 'prg', document, at('2026-11-04'));
    expect(tasks).toEqual(['a', 'b']);
  });
});
