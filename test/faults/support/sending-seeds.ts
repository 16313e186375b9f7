import { DAY } from '../../../policy/time.ts';
import { type Database, execute } from '../../../prisma/database.ts';
import { writeSays } from '../../../prisma/store/say.ts';
import { suppress } from '../../../prisma/store/suppressions.ts';
import { classify, type TemplateKey } from '../../../templates/table.ts';
import { noonZone, programId, seedProgram } from './seeds.ts';

/** Reminders in both channels, as pairs would have written them, to mentors who can be reached by both. */

/** Who takes what only a person can put right; no message of the tests is about them. */
const operations = { id: 'operations', email: 'operations@example.org', phone: '+15005559999' };

/**
 * A program without a copy to operations, so that each mail has one recipient, and its staff.
 * @param dailyCap messages to one person on one day; null is without limit
 */
export async function seedSchool(database: Database, dailyCap: number | null = 1): Promise<void> {
  const messaging = { copyOperations: false, dailyCap };
  await seedProgram(database, { classWeek: {}, messaging }, { operations: operations.id });
  await insertPeople(database, [{ ...operations, zone: null }, mentee]);
}

const mentee = { id: 'mentee', email: null, phone: null, zone: null };

export interface Reminder {
  messageId: string;
  owner: string;
  personId: string;
  channel: 'email' | 'sms';
}

/** What was written: the messages, and the addresses that were suppressed before. */
export interface Portion {
  reminders: Reminder[];
  suppressed: Array<{ address: string; at: number }>;
}

interface Person {
  id: string;
  email: string | null;
  phone: string | null;
  zone: string | null;
}

/** A mentor who is to be reminded; `n` numbers all of a database. */
export interface Mentor extends Person {
  n: number;
  email: string;
  phone: string;
}

/**
 * One reminder that is due for each of `count` mentors, by text and by mail in turn. Of every ten mentors one has two pairs,
 * whose reminders merge; of every twenty one is asleep where they are, and one has said STOP.
 * @param name no other portion of the database has it
 * @param from number of the first mentor, which sets the phone number: no other portion reaches it
 */
export async function seedPortion(database: Database, name: string, from: number, count: number): Promise<Portion> {
  const people = mentorsOf(name, from, count);
  await insertPeople(database, people);
  await consentToTexts(database, people);
  const now = Date.now();
  const stopped = people.filter(({ n }) => hasSaidStop(n));
  for (const { phone } of stopped) {
    await suppress(database, { channel: 'sms', address: phone }, { category: 'all', reason: 'opted_out' }, now - DAY);
  }
  const reminders = people.flatMap(remindersOf);
  await insertReminders(database, reminders, now);
  return { reminders, suppressed: stopped.map(({ phone }) => ({ address: phone, at: now - DAY })) };
}

/** The mentors of a portion, as `seedPortion` writes them. */
export function mentorsOf(name: string, from: number, count: number): Mentor[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    const id = `${name}-mentor${n}`;
    const phone = `+1500${String(1_000_000 + n)}`;
    return { n, id, email: `${id}@example.org`, phone, zone: isAsleep(n) ? midnightZone() : null };
  });
}

export const isAsleep = (n: number): boolean => n % 20 === 7;
export const hasSaidStop = (n: number): boolean => n % 20 === 13;
/** The channel in which a mentor is reminded. */
export const channelOf = (n: number): Reminder['channel'] => (n % 2 === 0 ? 'email' : 'sms');

/** A zone in which it is midnight when it is noon for the program. */
function midnightZone(): string {
  const ahead = -new Date().getUTCHours();
  const wrapped = ahead < -12 ? ahead + 24 : ahead;
  return wrapped === 0 ? 'Etc/GMT' : `Etc/GMT${wrapped > 0 ? '-' : '+'}${Math.abs(wrapped)}`;
}

function remindersOf({ id: personId, n }: Mentor): Reminder[] {
  const channel = channelOf(n);
  const pairs = n % 10 === 0 ? [`${personId}-first`, `${personId}-other`] : [`${personId}-pair`];
  return pairs.map((pair) => ({ messageId: `msg_${pair}`, owner: `pair:${programId}:${pair}`, personId, channel }));
}

function insertPeople(database: Database, people: Person[]): Promise<number> {
  return execute(
    database,
    `insert into people (id, version, name, email, phone, zone, is_minor, available, created_at, updated_at)
     select id, 1, 'Person ' || id, email, phone, zone, false, true, $2, $2
     from jsonb_to_recordset($1::jsonb) as p(id text, email text, phone text, zone text)`,
    JSON.stringify(people),
    new Date(),
  );
}

function consentToTexts(database: Database, people: Person[]): Promise<number> {
  return execute(
    database,
    `insert into consents (person_id, channel, granted, by_person_id, source, wording, given_at, recorded_at)
     select id, 'sms', true, id, 'test', 'You may text me.', $2, $2 from unnest($1::text[]) id`,
    people.map(({ id }) => id),
    new Date(),
  );
}

function insertReminders(database: Database, reminders: Reminder[], now: number): Promise<number> {
  const rows = reminders.map((reminder) => ({ ...reminder, pair: reminder.owner.split(':')[2] }));
  return execute(
    database,
    `insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, variant, channel,
       shard, classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version,
       because, accepted_at, updated_at)
     select "messageId", pair || '/reminder', pair || '/reminder', owner, $2, array[pair], "personId", 'mentor',
       'class-reminder', 'regular', channel, 'people', $3::jsonb, $4::jsonb, $5, '{}', 'waiting', true, $6, $6, $7, 1,
       '{"rule": "W2", "facts": []}', $6, $6
     from jsonb_to_recordset($1::jsonb) as r("messageId" text, owner text, pair text, "personId" text, channel text)`,
    JSON.stringify(rows),
    programId,
    JSON.stringify(classify('class-reminder')),
    JSON.stringify({ menteeId: mentee.id, sessionDate: new Date(now).toISOString().slice(0, 10) }),
    noonZone(),
    new Date(now - 60_000),
    new Date(now + 2 * DAY),
  );
}

/** Another message that says the same to the same person in the same words, and is due now; answers its id. */
export async function sayAgain(database: Database, { messageId }: Reminder, id: string): Promise<string> {
  const fresh = { id, key: id, step_key: id, state: 'waiting', send_id: null, sent_at: null, look_at: null };
  const sql = `insert into messages
    select (jsonb_populate_record(null::messages, to_jsonb(m) || $2::jsonb)).* from messages m where id = $1`;
  await execute(database, sql, messageId, JSON.stringify(fresh));
  return id;
}

/** The pair of a reminder says that nothing of it stands any more; answers when that was committed. */
export async function withdraw(database: Database, { owner }: Reminder): Promise<number> {
  const nothing = { messages: [], cases: [], effects: [], records: [], fresh: [], marks: [], readMarks: [] };
  const said = { facts: 1, at: Date.now(), nextAt: null, ...nothing };
  const pair = { pairId: null, zone: noonZone(), gatherMinutes: 2, policyVersion: 1, closed: false };
  const say = { owner, programId, ...said, ...pair, projection: null, counts: null, retires: false };
  await writeSays(database, [say], (template) => classify(template as TemplateKey));
  return Date.now();
}
