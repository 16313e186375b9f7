import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { erasureRoutes } from '../../api/routes/erasure.ts';
import { peopleRoutes } from '../../api/routes/people.ts';
import { decideMailbox } from '../../policy/mailbox/decide.ts';
import { DAY, HOUR } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { readMailboxes } from '../../prisma/store/mailbox.ts';
import { claimSends } from '../../prisma/store/sends.ts';
import { classify } from '../../templates/table.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { foundIn } from '../support/canaries.ts';
import { canaries, canaryZone, erasedAt, seedErasable, word } from '../support/erasable.ts';
import { notesOf } from '../support/facts.ts';
import { insertMessage } from '../support/ledger.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';

const now = erasedAt;
const clock = { now: async () => now };
let api: TestApi;
let admin: { Authorization: string };
let wakes = 0;

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => {
      const deps = { database, clock, relay: { wake: () => wakes++ } };
      return [...peopleRoutes(deps), ...erasureRoutes(deps)];
    },
  });
  admin = await api.bearer();
  await seedProgram(api.database, 'school', now);
});
afterAll(() => api.drop());

const erase = (id: string) => request(api.app).delete(`/v1/people/${id}`).set(admin);
const run = (sql: string, ...values: unknown[]) => execute(api.database, sql, ...values);
const rows = (sql: string, ...values: unknown[]) => queryRows<Record<string, unknown>>(api.database, sql, ...values);

describe('erasing a person', () => {
  beforeAll(() => seedErasable(api.database));

  test('no table knows them afterwards; before, the same search finds them everywhere', async () => {
    const terms = [...Object.values(canaries), word, canaryZone];
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

test('M9 a send that is being claimed meanwhile is claimed first, and then knows no address', async () => {
  const { database } = api;
  const email = 'busy@canary.example';
  await seedPerson(database, 'busy', { programs: ['school'] });
  await run(`update people set email = $1 where id = 'busy'`, email);
  await insertMessage(database, { id: 'msg_busy', personId: 'busy', programId: 'school', at: now - DAY });
  const classification = JSON.stringify(classify('class-reminder'));
  await run(`update messages set classification = $1::jsonb where id = 'msg_busy'`, classification);
  const providers = { email: 'outbox', sms: 'outbox' };
  const [box] = await readMailboxes(database, 'people', ['busy'], now, false, providers);
  const words = { subject: null, body: email, bcc: [], deliverBy: now + DAY, address: email };
  const send = { id: 'snd_busy', personId: 'busy', channel: 'email', provider: 'outbox', leaseSeconds: 15 } as const;
  let erased: Promise<request.Response[]> | null = null;
  await database.$transaction(async (tx) => {
    await queryRows(tx, `select from people where id = 'busy' for update`);
    erased = Promise.all([erase('busy'), erase('busy')]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await claimSends(tx, [{ ...send, ...words, rows: box?.rows ?? [] }], now);
    expect(await queryRows(tx, `select address from sends where id = 'snd_busy'`), 'control').toEqual([
      { address: email },
    ]);
  });
  const answers = (await erased) as unknown as request.Response[];
  expect(answers.map(({ status }) => status)).toEqual([204, 204]);
  expect(await rows(`select state, address from sends where id = 'snd_busy'`)).toEqual([
    { state: 'claimed', address: null },
  ]);
  expect(await foundIn(database, [email])).toEqual([]);
});
