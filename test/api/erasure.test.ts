import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { channelRoutes } from '../../api/routes/channels.ts';
import { erasureRoutes } from '../../api/routes/erasure.ts';
import { peopleRoutes } from '../../api/routes/people.ts';
import { decideMailbox } from '../../policy/mailbox/decide.ts';
import { DAY, HOUR } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { readMailboxes } from '../../prisma/store/mailbox.ts';
import { suppress } from '../../prisma/store/suppressions.ts';
import { classify } from '../../templates/table.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { foundIn } from '../support/canaries.ts';
import { insertPair, notesOf } from '../support/facts.ts';
import { lateDatabase } from '../support/late-database.ts';
import { insertMessage } from '../support/ledger.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';
import { insertSend } from '../support/sends.ts';
import { expectProblem } from '../support/things.ts';

const now = Date.UTC(2026, 10, 21, 14);
const at = new Date(now);
const clock = { now: async () => now };
const canaries = { name: 'Zephyrine Canary', email: 'zephyrine@canary.example', phone: '+12125550199' };
const word = 'canaryword';
let api: TestApi;
let admin: { Authorization: string };
let wakes = 0;

beforeAll(async () => {
  const late = lateDatabase();
  const deps = { database: late.database, clock, relay: { wake: () => wakes++ } };
  const providers = { email: 'outbox', sms: 'outbox' };
  const channels = channelRoutes({ ...deps, providers, nudge: async () => undefined });
  api = await createTestApi({ clock, routes: [...peopleRoutes(deps), ...erasureRoutes(deps), ...channels] });
  late.use(api.database);
  admin = await api.bearer();
  await seedProgram(api.database, 'school', now);
  await seedProgram(api.database, 'other', now);
});
afterAll(() => api.drop());

const erase = (id: string, headers = admin) => request(api.app).delete(`/v1/people/${id}`).set(headers);
const run = (sql: string, ...values: unknown[]) => execute(api.database, sql, ...values);
const rows = (sql: string, ...values: unknown[]) => queryRows<Record<string, unknown>>(api.database, sql, ...values);

async function put(id: string, person: object): Promise<void> {
  const answer = await request(api.app).put(`/v1/people/${id}`).set(admin).send(person);
  expect(answer.status, answer.text).toBeLessThan(300);
}

function openCase(id: string, kind: string, of: { pairId?: string; personId?: string; assignee?: string }) {
  const { pairId = null, personId = null, assignee = null } = of;
  const sql = `
    insert into cases (id, owner, kind, program_id, pair_id, person_id, state, assignee, reason, facts, details, opened_at)
    values ($1, 'staff', $2, 'school', $3, $4, 'open', $5, 'said', '{}', '{}', $6)`;
  return run(sql, id, kind, pairId, personId, assignee, at);
}

let entries = 0;

async function freeText(text: string, entry: { pairId?: string; data: object; subject?: string }): Promise<void> {
  const { pairId = null, data, subject = pairId ?? 'nowhere' } = entry;
  const [stored] = await rows(
    `insert into journal (source, event_id, digest, ref, type, subject, pair_id, occurred_at, received_at, history, urgent,
       data, state)
     values ('p', $1, '', $1, 'checkin.recorded', $2, $3, $4, $4, false, false, $5::jsonb, 'applied') returning seq`,
    `evt_${entries++}`,
    subject,
    pairId,
    at,
    JSON.stringify(data),
  );
  await run(`insert into free_texts (seq, field, text) values ($1, 'notes', $2)`, stored?.seq, text);
}

async function inbound(id: string, from: string | null, of: { personId?: string; caseId?: string; text: string }) {
  const sql = `
    insert into inbound_messages (id, provider, provider_key, channel, from_address, person_id, case_id, reading, subject,
      body, received_at)
    values ($1, 'twilio', $1, 'sms', $2, $3, $4, 'other', $5, $5, $6)`;
  await run(sql, id, from, of.personId ?? null, of.caseId ?? null, of.text, at);
}

/** A mentee of whom everything is known, in every table that may know it. */
async function seedMentee(): Promise<void> {
  const programs = [{ programId: 'school', role: 'mentee' }];
  await put('mentor', { name: 'Ada', email: 'ada@example.org', programs: [{ programId: 'school', role: 'mentor' }] });
  await put('mentee', { ...canaries, programs, zone: 'Pacific/Chatham', locale: 'mi', guardianId: 'grown' });
  const absence = { available: false, reason: word };
  await request(api.app).put('/v1/people/mentee/availability').set(admin).send(absence).expect(200);
  const consent = { granted: true, by: 'mentee', source: word, wording: word, at: '2026-11-20T00:00:00Z' };
  await request(api.app).put('/v1/people/mentee/consents/sms').set(admin).send(consent).expect(201);
  await insertPair(api.database, { id: 'pair_1', programId: 'school', mentorId: 'mentor', menteeId: 'mentee' });
  await suppress(api.database, { channel: 'sms', address: canaries.phone }, { category: 'all', reason: 'stop' }, now);
}

async function seedWords(): Promise<void> {
  await freeText(word, { pairId: 'pair_1', data: { by: 'mentee' } });
  await freeText(word, { pairId: 'pair_1', data: { by: 'mentor', respondent: 'mentor' } });
  await freeText(word, { data: { by: 'mentee' } });
  await freeText(word, { subject: 'mentee', data: {} });
  await openCase('case_1', 'trouble', { pairId: 'pair_1' });
  const entry = 'insert into case_entries (case_id, at, by, code, text) values ($1, $2, $3, $4, $5)';
  await run(entry, 'case_1', at, 'per_pc', 'note', word);
  await inbound('in_own', canaries.phone, { text: word });
  await inbound('in_known', null, { personId: 'mentee', text: word });
  await inbound('in_case', 'coordinator@example.org', { caseId: 'case_1', text: word });
  const answer = JSON.stringify({ body: { personId: 'mentee', text: word } });
  await run(
    `insert into idempotency_keys (api_key_id, key, digest, status, body, created_at) values ('k', 'i', 'd', 201, $1::jsonb, $2)`,
    answer,
    at,
  );
}

async function seedLedger(): Promise<void> {
  const { database } = api;
  const facts = { programId: 'school', pairIds: ['pair_1'], at: now - HOUR };
  await insertMessage(database, { id: 'msg_sent', personId: 'mentee', state: 'sent', ...facts });
  await insertMessage(database, { id: 'msg_wait', personId: 'mentee', ...facts });
  await insertMessage(database, { id: 'msg_other', personId: 'mentor', state: 'sent', ...facts });
  await insertMessage(database, { id: 'msg_digest', personId: 'per_pc', state: 'sent', ...facts, pairIds: [] });
  await run(`update messages set fields = $1::jsonb where person_id = 'mentee'`, JSON.stringify({ text: word }));
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
  await run(`insert into settlements values ('snd_own', 'sent', 'per_ops', $1, $2)`, word, at);
}

/** What concerns somebody else, and stays. */
async function seedOthers(): Promise<void> {
  const { database } = api;
  await seedPerson(database, 'else', { programs: ['school'] });
  await seedPerson(database, 'else_mentee', { programs: ['school'], role: 'mentee' });
  await insertPair(database, { id: 'pair_2', programId: 'school', mentorId: 'else', menteeId: 'else_mentee' });
  await freeText('kept words', { pairId: 'pair_2', data: { by: 'mentor' } });
  await openCase('case_2', 'trouble', { pairId: 'pair_2' });
  await run(
    `insert into case_entries (case_id, at, by, code, text) values ('case_2', $1, 'per_pc', 'note', 'kept words')`,
    at,
  );
  await inbound('in_else', '+12125550177', { personId: 'else', text: 'kept words' });
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

describe('erasing a person', () => {
  beforeAll(async () => {
    await seedMentee();
    await seedWords();
    await seedLedger();
    await seedOthers();
  });

  test('no table knows them afterwards; before, the same search finds them everywhere', async () => {
    const terms = [...Object.values(canaries), word, 'Pacific/Chatham'];
    const before = await foundIn(api.database, terms);
    expect(before).toEqual([
      'case_entries.text',
      'consents.source',
      'consents.wording',
      'free_texts.text',
      'idempotency_keys.body',
      'inbound_messages.body',
      'inbound_messages.from_address',
      'inbound_messages.subject',
      'messages.fields',
      'people.email',
      'people.name',
      'people.phone',
      'people.unavailable_reason',
      'people.zone',
      'sends.address',
      'sends.body',
      'sends.subject',
      'settlements.note',
    ]);
    wakes = 0;
    await erase('mentee').expect(204);
    expect(await foundIn(api.database, terms)).toEqual([]);
    expect(wakes).toBe(1);
  });

  test('the ledger stays: keys, ids, times, states and templates', async () => {
    const ledger = `select id, key, person_id as person, template, state, reason from messages
      where id in ('msg_sent', 'msg_wait') order by id`;
    const row = { person: 'mentee', template: 'class-reminder' };
    expect(await rows(ledger)).toEqual([
      { id: 'msg_sent', key: 'key/msg_sent', ...row, state: 'sent', reason: null },
      { id: 'msg_wait', key: 'key/msg_wait', ...row, state: 'skipped', reason: 'removed' },
    ]);
    const send = `select person_id as person, state, claimed_at as at from sends where id = 'snd_own'`;
    expect(await rows(send)).toEqual([{ person: 'mentee', state: 'accepted', at: new Date(now - HOUR) }]);
  });

  test('who consented when to which channel stays, enrolments are removed, and a STOP holds', async () => {
    expect(await rows('select channel, granted, by_person_id as by from consents')).toEqual([
      { channel: 'sms', granted: true, by: 'mentee' },
    ]);
    expect(await rows(`select state from enrolments where person_id = 'mentee'`)).toEqual([{ state: 'removed' }]);
    const held = 'select category from suppressions where address_digest = address_digest($1)';
    expect(await rows(held, canaries.phone)).toEqual([{ category: 'all' }]);
  });

  test('what concerns others stays', async () => {
    expect(await foundIn(api.database, ['kept words'])).toEqual([
      'case_entries.text',
      'free_texts.text',
      'inbound_messages.body',
      'inbound_messages.subject',
      'sends.body',
    ]);
    expect(await rows(`select from_address as from from inbound_messages where id = 'in_case'`)).toEqual([
      { from: 'coordinator@example.org' },
    ]);
  });

  test('M1 nothing is sent to them any more; to somebody who was not erased it would be', async () => {
    const classification = JSON.stringify({ ...classify('opt-out-confirmed') });
    for (const person of ['mentee', 'mentor']) {
      const id = `msg_late_${person}`;
      await insertMessage(api.database, { id, programId: 'school', personId: person, at: now - HOUR });
    }
    await run(`update messages set classification = $1::jsonb where id like 'msg_late_%'`, classification);
    const providers = { email: 'outbox', sms: 'outbox' };
    const boxes = await readMailboxes(api.database, 'people', ['mentee', 'mentor'], now, false, providers);
    const verdicts = boxes.flatMap((box) => decideMailbox(box.rows, box.context, now));
    expect(verdicts.map((verdict) => (verdict.act === 'skip' ? verdict.reason : verdict.act)).sort()).toEqual([
      'removed',
      'send',
    ]);
  });

  test('their pairs are told once; a second time changes nothing', async () => {
    await erase('mentee').expect(204);
    const notes = (await notesOf(api.database, 'person.changed')).filter((note) => note.pairId === 'pair_1');
    const version = (await rows(`select version from people where id = 'mentee'`))[0]?.version;
    expect(notes.at(-1)?.data).toEqual({ personId: 'mentee', version });
    expect(new Set(notes.map((note) => note.ref)).size).toBe(notes.length);
    expect(await rows(`select count(*)::int as times from people where erased_at is not null`)).toEqual([{ times: 1 }]);
  });

  test('they are found no more, and nobody else gets their id', async () => {
    await request(api.app).get('/v1/people/mentee').set(admin).expect(404);
    await request(api.app).put('/v1/people/mentee').set(admin).send({ name: 'Another' }).expect(404);
  });
});

describe('erasing is refused', () => {
  const codeOf = async (id: string, headers = admin) => {
    const response = await erase(id, headers);
    expectProblem(response, 409, 'conflict');
    return response.body.code;
  };

  test('K6 while an open safety case names the person, their pair or their ward; once it is cleared it is not', async () => {
    for (const id of ['told', 'coach', 'child', 'ladder']) await seedPerson(api.database, id, { programs: ['school'] });
    await insertPair(api.database, { id: 'pair_safe', programId: 'school', mentorId: 'coach', menteeId: 'child' });
    await openCase('safety_1', 'safety', { personId: 'told', assignee: 'ladder' });
    await openCase('safety_2', 'safety', { pairId: 'pair_safe' });
    const everyone = ['told', 'coach', 'child', 'ladder'];
    for (const id of everyone) expect(await codeOf(id)).toBe('in_safety_case');
    await run(`update cases set state = 'acknowledged' where kind = 'safety'`);
    expect(await codeOf('coach')).toBe('in_safety_case');
    expect(await rows(`select name from people where id = 'coach'`)).toEqual([{ name: 'coach' }]);
    await run(`update cases set state = 'resolved' where kind = 'safety'`);
    for (const id of everyone) await erase(id).expect(204);
  });

  test('while the person is the guardian of a minor, who would have nobody to consent for them', async () => {
    for (const id of ['old_guardian', 'new_guardian']) await seedPerson(api.database, id, { programs: ['school'] });
    await seedPerson(api.database, 'ward', { programs: ['school'], minor: true, guardianId: 'old_guardian' });
    const refusal = await erase('old_guardian');
    expectProblem(refusal, 409, 'conflict');
    expect(refusal.body).toMatchObject({ code: 'guardian_of_minor', minorIds: ['ward'] });
    await run(`update people set guardian_id = 'new_guardian' where id = 'ward'`);
    await erase('old_guardian').expect(204);
    await erase('ward').expect(204);
    await erase('new_guardian').expect(204);
  });

  test('to a key that reaches only some of their programs, and to one without the scope', async () => {
    await seedPerson(api.database, 'both', { programs: ['school', 'other'] });
    await seedPerson(api.database, 'away', { programs: ['other'] });
    const limited = await api.bearer({ programIds: ['school'] });
    expect(await codeOf('both', limited)).toBe('in_other_programs');
    expectProblem(await erase('away', limited), 404, 'not-found');
    expectProblem(await erase('nobody'), 404, 'not-found');
    expectProblem(
      await erase('both', await api.bearer({ scopes: ['read', 'command', 'sensitive'] })),
      403,
      'forbidden',
    );
    await erase('both', await api.bearer({ programIds: ['school', 'other'] })).expect(204);
  });
});

test('of two who erase and one who claims at once, all are done and nothing is left', async () => {
  await seedPerson(api.database, 'busy', { programs: ['school'] });
  await run(`update people set email = 'busy@canary.example' where id = 'busy'`);
  await insertMessage(api.database, { id: 'msg_busy', personId: 'busy', programId: 'school', at: now - DAY });
  const answers = await Promise.all([erase('busy'), erase('busy')]);
  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  expect(await foundIn(api.database, ['busy@canary.example'])).toEqual([]);
});
