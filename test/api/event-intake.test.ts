import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEventIntake } from '../../api/event-intake.ts';
import type { NewEntry } from '../../prisma/store/journal.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { counted } from '../support/mentoring.ts';

let testDatabase: TestDatabase;
beforeAll(async () => {
  testDatabase = await createTestDatabase();
});
afterAll(() => testDatabase.drop());

const entry = (eventId: string, change: Partial<NewEntry> = {}): NewEntry => ({
  source: '/s',
  eventId,
  digest: 'd',
  ref: `${eventId}~0`,
  type: 'lesson.completed',
  subject: 'pair',
  occurredAt: 0,
  receivedAt: 0,
  history: false,
  urgent: false,
  data: {},
  texts: {},
  ...change,
});

test('E1 two hundred callers at once share a handful of inserts', async () => {
  const count = counted(testDatabase.database);
  const intake = createEventIntake(count.database);
  const calls = Array.from({ length: 200 }, (_, index) => intake.record([entry(`many_${index}`)], null));
  expect((await Promise.all(calls)).flat().map(({ outcome }) => outcome)).toEqual(calls.map(() => 'parked'));
  expect(count.statements()).toBe(2);
});

test('callers one after the other have an insert each', async () => {
  const count = counted(testDatabase.database);
  const intake = createEventIntake(count.database);
  for (let index = 0; index < 5; index++) await intake.record([entry(`single_${index}`)], null);
  expect(count.statements()).toBe(5);
});

test('E1 the first of one identity is stored, every later one is compared with it', async () => {
  const intake = createEventIntake(testDatabase.database);
  const other = entry('twice', { digest: 'other' });
  const calls = [[entry('twice')], [entry('twice')], [other, entry('twice'), entry('once')]];
  const results = await Promise.all(calls.map((entries) => intake.record(entries, null)));
  const outcomes = results.map((recorded) => recorded.map(({ outcome }) => outcome));
  expect(outcomes).toEqual([['parked'], ['duplicate'], ['conflict', 'duplicate', 'parked']]);
});

test('an entry that cannot be stored fails alone', async () => {
  const intake = createEventIntake(testDatabase.database);
  const calls = [entry('good'), entry('bad', { data: { reason: '\0' } })].map((given) => intake.record([given], null));
  const [good, bad] = await Promise.allSettled(calls);
  expect(good).toMatchObject({ status: 'fulfilled', value: [{ outcome: 'parked' }] });
  expect(bad?.status).toBe('rejected');
});

test('two processes that store the same identities in other orders do not block each other', async () => {
  const [one, two] = [createEventIntake(testDatabase.database), createEventIntake(testDatabase.database)];
  for (let round = 0; round < 20; round++) {
    const entries = Array.from({ length: 50 }, (_, index) => entry(`cross_${round}_${index}`));
    const results = await Promise.all([one.record(entries, null), two.record([...entries].reverse(), null)]);
    expect(results.flat().filter(({ outcome }) => outcome === 'parked')).toHaveLength(50);
  }
});
