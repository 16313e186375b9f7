import { HOUR } from '../../policy/time.ts';
import { type Database, execute, queryRows } from '../../prisma/database.ts';
import { suppress } from '../../prisma/store/suppressions.ts';
import { insertPair } from './facts.ts';
import { insertMessage } from './ledger.ts';
import { seedPerson } from './mentoring.ts';
import { insertSend } from './sends.ts';

/** A person who is known in every table that may know one, by words that are found nowhere else; for tests of erasure. */

export const erasedAt = Date.UTC(2026, 10, 21, 14);
export const canaries = { name: 'Zephyrine Canary', email: 'zephyrine@canary.example', phone: '+12125550199' };
export const word = 'canaryword';
export const canaryZone = 'Pacific/Chatham';
const now = erasedAt;
const at = new Date(now);

/** The mentee `mentee` of `pair_1` with the mentor `mentor`; and, with `kept words`, another pair that stays. */
export async function seedErasable(database: Database): Promise<void> {
  await seedMentee(database);
  await seedWords(database);
  await seedLedger(database);
  await seedOthers(database);
}

export function openCase(
  database: Database,
  id: string,
  kind: string,
  of: { pairId?: string; personId?: string; assignee?: string },
) {
  const { pairId = null, personId = null, assignee = null } = of;
  const sql = `
    insert into cases (id, owner, kind, program_id, pair_id, person_id, state, assignee, reason, facts, details, opened_at)
    values ($1, 'staff', $2, 'school', $3, $4, 'open', $5, 'said', '{}', '{}', $6)`;
  return execute(database, sql, id, kind, pairId, personId, assignee, at);
}

let entries = 0;

async function freeText(
  database: Database,
  text: string,
  entry: { pairId?: string; data: object; subject?: string },
): Promise<void> {
  const { pairId = null, data, subject = pairId ?? 'nowhere' } = entry;
  const [stored] = await queryRows<{ seq: bigint }>(
    database,
    `insert into journal (source, event_id, digest, ref, type, subject, pair_id, occurred_at, received_at, history, urgent,
       data, state)
     values ('p', $1, '', $1, 'checkin.recorded', $2, $3, $4, $4, false, false, $5::jsonb, 'applied') returning seq`,
    `evt_${entries++}`,
    subject,
    pairId,
    at,
    JSON.stringify(data),
  );
  await execute(database, `insert into free_texts (seq, field, text) values ($1, 'notes', $2)`, stored?.seq, text);
}

async function inbound(
  database: Database,
  id: string,
  from: string | null,
  of: { personId?: string; caseId?: string; text: string },
) {
  const sql = `
    insert into inbound_messages (id, provider, provider_key, channel, from_address, person_id, case_id, reading, subject,
      body, received_at)
    values ($1, 'twilio', $1, 'sms', $2, $3, $4, 'other', $5, $5, $6)`;
  await execute(database, sql, id, from, of.personId ?? null, of.caseId ?? null, of.text, at);
}

/** A mentee of whom everything is known, in every table that may know it. */
async function seedMentee(database: Database): Promise<void> {
  await seedPerson(database, 'mentor', { programs: ['school'] });
  await seedPerson(database, 'mentee', { programs: ['school'], role: 'mentee', guardianId: 'grown' });
  const { name, email, phone } = canaries;
  const known = `
    update people set name = $1, email = $2, phone = $3, zone = $4, locale = 'mi', available = false, unavailable_reason = $5
    where id = 'mentee'`;
  await execute(database, known, name, email, phone, canaryZone, word);
  await execute(database, `update people set email = 'ada@example.org' where id = 'mentor'`);
  const consent = `
    insert into consents (person_id, channel, granted, by_person_id, source, wording, given_at, recorded_at)
    values ('mentee', 'sms', true, 'mentee', $1, $1, $2, $2)`;
  await execute(database, consent, word, at);
  await insertPair(database, { id: 'pair_1', programId: 'school', mentorId: 'mentor', menteeId: 'mentee' });
  await suppress(database, { channel: 'sms', address: phone }, { category: 'all', reason: 'stop' }, now);
}

async function seedWords(database: Database): Promise<void> {
  await freeText(database, word, { pairId: 'pair_1', data: { by: 'mentee' } });
  await freeText(database, word, { pairId: 'pair_1', data: { by: 'mentor', respondent: 'mentor' } });
  await freeText(database, word, { data: { by: 'mentee' } });
  await freeText(database, word, { subject: 'mentee', data: {} });
  await openCase(database, 'case_1', 'trouble', { pairId: 'pair_1' });
  const entry = 'insert into case_entries (case_id, at, by, code, text) values ($1, $2, $3, $4, $5)';
  await execute(database, entry, 'case_1', at, 'per_pc', 'note', word);
  await inbound(database, 'in_own', canaries.phone, { text: word });
  await inbound(database, 'in_known', null, { personId: 'mentee', text: word });
  await inbound(database, 'in_case', 'coordinator@example.org', { caseId: 'case_1', text: word });
  const answer = JSON.stringify({ body: { personId: 'mentee', text: word } });
  await execute(
    database,
    `insert into idempotency_keys (api_key_id, key, digest, status, body, created_at) values ('k', 'i', 'd', 201, $1::jsonb, $2)`,
    answer,
    at,
  );
}

async function seedLedger(database: Database): Promise<void> {
  const facts = { programId: 'school', pairIds: ['pair_1'], at: now - HOUR };
  await insertMessage(database, { id: 'msg_sent', personId: 'mentee', state: 'sent', ...facts });
  await insertMessage(database, { id: 'msg_wait', personId: 'mentee', ...facts });
  await insertMessage(database, { id: 'msg_other', personId: 'mentor', state: 'sent', ...facts });
  await insertMessage(database, { id: 'msg_digest', personId: 'per_pc', state: 'sent', ...facts, pairIds: [] });
  await execute(
    database,
    `update messages set fields = $1::jsonb where person_id = 'mentee'`,
    JSON.stringify({ text: word }),
  );
  const send = { state: 'accepted', at: now - HOUR, endedAt: now - HOUR };
  const own = { personId: 'mentee', address: canaries.email, subject: word, body: word };
  await insertSend(database, { id: 'snd_own', messageIds: ['msg_sent'], ...own, ...send });
  await insertSend(database, { id: 'snd_pair', messageIds: ['msg_other'], body: word, ...send });
  await insertSend(database, {
    id: 'snd_digest',
    messageIds: ['msg_digest'],
    body: `${canaries.name} ${word}`,
    ...send,
  });
  await execute(database, `insert into settlements values ('snd_own', 'sent', 'per_ops', $1, $2)`, word, at);
}

/** What concerns somebody else, and stays. */
async function seedOthers(database: Database): Promise<void> {
  await seedPerson(database, 'else', { programs: ['school'] });
  await seedPerson(database, 'else_mentee', { programs: ['school'], role: 'mentee' });
  await insertPair(database, { id: 'pair_2', programId: 'school', mentorId: 'else', menteeId: 'else_mentee' });
  await freeText(database, 'kept words', { pairId: 'pair_2', data: { by: 'mentor' } });
  await openCase(database, 'case_2', 'trouble', { pairId: 'pair_2' });
  await execute(
    database,
    `insert into case_entries (case_id, at, by, code, text) values ('case_2', $1, 'per_pc', 'note', 'kept words')`,
    at,
  );
  await inbound(database, 'in_else', '+12125550177', { personId: 'else', text: 'kept words' });
  await insertMessage(database, {
    id: 'msg_else',
    personId: 'else',
    programId: 'school',
    pairIds: ['pair_2'],
    at: now,
  });
  await insertSend(database, {
    id: 'snd_else',
    messageIds: ['msg_else'],
    personId: 'else',
    body: 'kept words',
    at: now,
  });
}
