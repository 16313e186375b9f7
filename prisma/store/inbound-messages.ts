import type { ReplyEffect } from '../../policy/delivery/reply.ts';
import type { Classification } from '../../policy/mailbox/row.ts';
import { idOf } from '../../policy/pair/context.ts';
import { DAY, type Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import { inTransaction } from './in-transaction.ts';
import { takeAnswerIn } from './inbound-answers.ts';
import { openConcernsIn, tellOfStranger } from './inbound-concerns.ts';
import { openStaffTask } from './staff-tasks.ts';
import { lift, suppress } from './suppressions.ts';

/** Texts that people send, each once, together with what follows from it (M8). */

export interface InboundText {
  /** Its identity with the provider. */
  providerKey: string;
  /** The numbers, E.164 as the provider gives them. */
  from: string | null;
  to: string | null;
  body: string;
  reading: string;
}

export interface RecordedText {
  /** It was recorded before, and nothing was done. */
  duplicate: boolean;
  /** Somebody has the number. */
  known: boolean;
  /** It answered a check-in, whose pair is to hear of it (K3). */
  answered: boolean;
  /** Somebody is to be called about it at once (K6). */
  called: boolean;
  /** Rows were written for dispatchers. */
  wrote: boolean;
}

/** A program in which somebody with the number takes part. */
interface Place {
  personId: string;
  programId: string;
  role: string;
  pairIds: string[];
}

/** A direct answer is of use while the person remembers the question. */
const answerFor = DAY;

/** Records a text with its effect, in one transaction: once for each identity. */
export function recordInboundText(
  database: Database,
  text: InboundText,
  effect: ReplyEffect,
  now: Instant,
  classify: (template: string) => Classification,
): Promise<RecordedText> {
  const id = idOf('inb', `twilio/${text.providerKey}`);
  return inTransaction(database, async (tx) => {
    const people = text.from === null ? [] : await lockHolders(tx, text.from);
    const known = people.length > 0;
    if (!(await insertText(tx, id, text, people.length === 1 ? (people[0] as string) : null, now))) {
      return { duplicate: true, known, answered: false, called: false, wrote: false };
    }
    const changed = await changeNumber(tx, text.from, effect, now);
    const places = await readPlaces(tx, people);
    const answer = effect.answer === 'opt-out-confirmed' && !changed ? null : effect.answer;
    if (answer && places[0]) await insertAnswer(tx, id, places[0], answer, classify(answer), now);
    const written = { id, body: text.body };
    const taken = await takeAnswerIn(tx, { ...written, reading: text.reading }, people, now);
    const task = taken ? null : effect.task;
    if (task) await openTasks(tx, id, places, people, task, classify('task'), now);
    // What answers a check-in is judged with it, by its pair.
    const others = places.filter((place) => place.programId !== taken?.programId);
    const called = (await openConcernsIn(tx, written, others, now)) || taken?.urgent === true;
    const told = places.length === 0 && (await tellOfStranger(tx, written, classify('task'), now));
    const wrote = told || (places.length > 0 && (answer ?? task) !== null);
    return { duplicate: false, known, answered: taken !== null, called, wrote };
  });
}

/** Whoever has the number; what is claimed for them from here on is claimed after this. */
async function lockHolders(tx: Transaction, phone: string): Promise<string[]> {
  const sql = 'select id from people where phone = $1 and erased_at is null order by id for update';
  return (await queryRows<{ id: string }>(tx, sql, phone)).map(({ id }) => id);
}

async function insertText(
  tx: Transaction,
  id: string,
  { providerKey, from, to, body, reading }: InboundText,
  personId: string | null,
  now: Instant,
): Promise<boolean> {
  const sql = `
    insert into inbound_messages (id, provider, provider_key, channel, from_address, to_address, person_id, reading, body, received_at)
    values ($1, 'twilio', $2, 'sms', $3, $4, $5, $6, $7, $8) on conflict do nothing`;
  return (await execute(tx, sql, id, providerKey, from, to, personId, reading, body, new Date(now))) > 0;
}

/** Answers whether that was news. */
async function changeNumber(
  tx: Transaction,
  from: string | null,
  { number }: ReplyEffect,
  now: Instant,
): Promise<boolean> {
  if (from === null || number === null) return false;
  const address = { channel: 'sms', address: from } as const;
  if (number === 'lift') return lift(tx, address);
  return suppress(tx, address, { category: 'all', reason: 'stop' }, now);
}

/** Where these people take part, themselves or through their ward; first the program that last wrote to them by text. */
function readPlaces(on: Queryable, people: string[]): Promise<Place[]> {
  return queryRows<Place>(
    on,
    `with places as (
       select person_id, program_id, role from enrolments where person_id = any($1::text[])
       union all select mentor_id, program_id, 'mentor' from pairs where mentor_id = any($1::text[])
       union all select mentee_id, program_id, 'mentee' from pairs where mentee_id = any($1::text[])
       union all select p.guardian_id, e.program_id, 'guardian' from people p join enrolments e on e.person_id = p.id
         where p.guardian_id = any($1::text[])
     ), distinct_places as (
       select person_id, program_id, min(role) as role from places group by person_id, program_id
     )
     select d.person_id as "personId", d.program_id as "programId", d.role,
       array(select id from pairs where program_id = d.program_id and state = 'active'
         and d.person_id in (mentor_id, mentee_id) order by id) as "pairIds"
     from distinct_places d join programs g on g.id = d.program_id
     order by (
       select max(s.claimed_at) from sends s join messages m on m.id = s.message_ids[1]
       where s.person_id = d.person_id and s.channel = 'sms' and m.program_id = d.program_id
     ) desc nulls last, d.person_id, d.program_id`,
    people,
  );
}

async function insertAnswer(
  tx: Transaction,
  inboundId: string,
  { personId, programId, role, pairIds }: Place,
  template: string,
  classification: Classification,
  now: Instant,
): Promise<void> {
  await execute(
    tx,
    `insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, channel, shard,
       classification, fields, zone, bcc, state, planned, planned_for, not_before, expires_at, policy_version, because,
       accepted_at, updated_at)
     select 'msg_' || md5($1), $1, $1, 'dispatch:people', g.id, $3::text[], $4, $5, $6, 'sms', 'urgent', $7::jsonb, '{}',
       v.document->>'zone', '{}', 'waiting', false, $8, $8, $9, g.version, '{"rule": "M8", "facts": []}', $8, $8
     from programs g join program_versions v on v.program_id = g.id and v.version = g.version where g.id = $2
     on conflict (key) do nothing`,
    `${inboundId}/${personId}/${template}`,
    programId,
    pairIds,
    personId,
    role,
    template,
    JSON.stringify(classification),
    new Date(now),
    new Date(now + answerFor),
  );
}

/** One task in each program, which names the text and none of its words. */
async function openTasks(
  tx: Transaction,
  inboundId: string,
  places: Place[],
  people: string[],
  reason: string,
  classification: Classification,
  now: Instant,
): Promise<void> {
  const personId = people.length === 1 ? (people[0] as string) : null;
  for (const programId of [...new Set(places.map((place) => place.programId))].sort()) {
    const pairIds = places.filter((place) => place.programId === programId).flatMap((place) => place.pairIds);
    const fields = { reason, subject: inboundId, inboundId };
    const message = { template: 'task', channel: 'email', classification } as const;
    const key = `${inboundId}/${programId}`;
    const because = { rule: 'M8', facts: [] };
    await openStaffTask(
      tx,
      { key, kind: 'task', programId, pairIds: [...new Set(pairIds)], personId, reason, fields, because, message },
      now,
    );
  }
}
