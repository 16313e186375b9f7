import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';
import { expectProblem } from '../support/things.ts';
import { type Reporting, startReporting } from './reported.ts';

let api: Reporting;
let made = 0;

beforeAll(async () => {
  api = await startReporting();
  await seedProgram(api.database, 'second', api.clock.at);
});
afterAll(() => api.drop());
beforeEach(() => {
  api.nudged.length = 0;
});

interface Writer {
  id: string;
  phone: string;
}

async function person(programs = ['school'], phone = `+1212555${2000 + ++made}`): Promise<Writer> {
  const id = `person${++made}`;
  await seedPerson(api.database, id, { programs });
  await execute(api.database, 'update people set phone = $2 where id = $1', id, phone);
  return { id, phone };
}

const text = (from: string, Body: string, more: Record<string, string> = {}) =>
  api.twilio('/webhooks/twilio/inbound', {
    MessageSid: `SM${String(++made).padStart(32, '0')}`,
    From: from,
    To: '+15005550006',
    Body,
    ...more,
  });

const answers = ({ id }: Writer) =>
  queryRows<{ template: string; channel: string; program_id: string }>(
    api.database,
    'select template, channel, program_id from messages where person_id = $1 order by accepted_at, key',
    id,
  );
const stored = ({ phone }: Pick<Writer, 'phone'>) =>
  queryRows<{ id: string; reading: string; person_id: string | null; body: string }>(
    api.database,
    'select id, reading, person_id, body from inbound_messages where from_address = $1 order by provider_key',
    phone,
  );
const tasks = ({ phone }: Pick<Writer, 'phone'>) =>
  queryRows<{ program_id: string; reason: string; person_id: string | null; details: object }>(
    api.database,
    `select c.program_id, c.reason, c.person_id, c.details from cases c
     join inbound_messages i on i.id = c.details->>'inboundId' where i.from_address = $1 order by c.program_id`,
    phone,
  );
const suppressed = ({ phone }: Pick<Writer, 'phone'>) => api.suppressed({ channel: 'sms', address: phone });

describe('texts that come in', () => {
  test('M8 STOP suppresses the number at once and is answered once, however often it is told', async () => {
    const writer = await person();
    const more = { MessageSid: `SM${'7'.repeat(32)}` };
    for (let time = 0; time < 3; time++) expect(await text(writer.phone, 'Please stop texting me!', more)).toBe(204);
    expect(await suppressed(writer)).toEqual(['all stop']);
    expect(await answers(writer)).toEqual([{ template: 'opt-out-confirmed', channel: 'sms', program_id: 'school' }]);
    expect(await stored(writer)).toMatchObject([
      { reading: 'stop', person_id: writer.id, body: 'Please stop texting me!' },
    ]);
    expect(api.nudged.sort()).toEqual(['people', 'urgent']);
    // Another STOP is no news, and is not answered: whoever wants no texts gets none about it.
    await text(writer.phone, 'STOP');
    expect(await answers(writer)).toHaveLength(1);
    expect(await tasks(writer)).toEqual([]);
  });

  test('M8 STOP holds for every profile with the number, and one of them is answered: whom texts were sent to', async () => {
    const [one, other] = [await person(['school']), await person(['second'])];
    await execute(api.database, 'update people set phone = $2 where id = $1', other.id, one.phone);
    const sent = await api.claim('sms', { address: one.phone });
    await execute(api.database, 'update sends set person_id = $2 where id = $1', sent.id, other.id);
    await execute(api.database, "update messages set program_id = 'second' where id = $1", sent.message);
    await text(one.phone, 'STOP');
    expect(await suppressed(one)).toEqual(['all stop']);
    expect(await answers(one)).toEqual([]);
    expect(await answers(other)).toMatchObject([{ template: 'opt-out-confirmed', program_id: 'second' }]);
    expect(await stored(one)).toMatchObject([{ reading: 'stop', person_id: null }]);
  });

  test('M8 START undoes it, whatever had suppressed the number', async () => {
    const writer = await person();
    await text(writer.phone, 'STOP');
    await text(writer.phone, 'Start');
    expect(await suppressed(writer)).toEqual([]);
    expect((await stored(writer)).map(({ reading }) => reading)).toEqual(['stop', 'start']);
    const consents = await queryRows(api.database, 'select 1 from consents where person_id = $1', writer.id);
    expect(consents).toEqual([]);
  });

  test('M8 what Twilio itself has read and answered is believed and not answered again', async () => {
    const writer = await person();
    await text(writer.phone, 'whatever', { OptOutType: 'STOP' });
    expect(await suppressed(writer)).toEqual(['all stop']);
    await text(writer.phone, 'HELP', { OptOutType: 'HELP' });
    await text(writer.phone, 'YES', { OptOutType: 'START' });
    expect(await suppressed(writer)).toEqual([]);
    expect(await answers(writer)).toEqual([]);
    expect((await stored(writer)).map(({ reading }) => reading)).toEqual(['stop', 'help', 'start']);
  });

  test('M8 HELP is answered and changes nothing', async () => {
    const writer = await person();
    await text(writer.phone, 'help');
    expect(await answers(writer)).toMatchObject([{ template: 'help', channel: 'sms' }]);
    expect(await suppressed(writer)).toEqual([]);
  });

  test.each([
    ['I had to stop at the store', 'possible_opt_out'],
    ['wrong number', 'possible_opt_out'],
    ['See you on Friday, Maya', 'inbound_text'],
    ['', 'inbound_text'],
  ])('M8 %j changes nothing and goes to staff, who find the words by id', async (words, reason) => {
    const writer = await person(['school', 'second']);
    await text(writer.phone, words);
    expect(await suppressed(writer)).toEqual([]);
    const [inbound] = await stored(writer);
    const details = { reason, subject: inbound?.id, inboundId: inbound?.id };
    expect(await tasks(writer)).toEqual(
      ['school', 'second'].map((program_id) => ({ program_id, reason, person_id: writer.id, details })),
    );
    expect(await answers(writer)).toEqual([]);
    const letters = await queryRows<{ fields: object }>(
      api.database,
      "select fields from messages where template = 'task' and fields->>'inboundId' = $1",
      inbound?.id,
    );
    expect(letters).toHaveLength(2);
    if (words) expect(JSON.stringify(letters)).not.toContain(words);
  });

  test('M8 a guardian who writes reaches the staff of the mentee they stand for', async () => {
    const guardian = await person([]);
    await seedPerson(api.database, `ward${++made}`, { programs: ['second'], minor: true, guardianId: guardian.id });
    await text(guardian.phone, 'Who is this?');
    expect(await tasks(guardian)).toMatchObject([{ program_id: 'second', person_id: guardian.id }]);
  });

  test('M8 a number that nobody has is stored and counted, and its STOP holds for whoever gets it', async () => {
    const phone = '+12125557777';
    await text(phone, 'Hello?');
    await text(phone, 'stop');
    expect((await stored({ phone })).map(({ reading }) => reading)).toEqual(['other', 'stop']);
    expect(await tasks({ phone })).toEqual([]);
    expect(await api.count('tandem_inbound_texts_total', { reading: 'other', sender: 'unknown' })).toBe(1);
    expect(await suppressed({ phone })).toEqual(['all stop']);
    expect(api.nudged).toEqual([]);
  });

  test('M8 whatever is signed is taken without a fault of ours', async () => {
    const forms: Record<string, string>[] = [
      {},
      { Body: 'STOP' },
      { From: '\0', Body: '\0\ud800', MessageSid: '\0' },
      { From: 'a'.repeat(50_000), Body: '\u{1f600}'.repeat(50_000), MessageSid: 'b'.repeat(5000) },
      { From: '+12125557778', Body: "'); drop table people; --", OptOutType: '__proto__' },
      { From: '+12125557778', Body: 'x', OptOutType: 'constructor', __proto__x: 'x' },
    ];
    for (const form of forms) expect(await api.twilio('/webhooks/twilio/inbound', form)).toBe(204);
    expect(await stored({ phone: '+12125557778' })).toHaveLength(2);
    expect(api.logged()).not.toContain('"level":50');
  });

  test('M8 STOP is stored and acts within a second, also while the numbers of others are busy', async () => {
    const writers = await Promise.all(Array.from({ length: 10 }, () => person()));
    const times = writers.map(async (writer) => {
      const started = performance.now();
      await text(writer.phone, 'STOP');
      expect(await suppressed(writer)).toEqual(['all stop']);
      return performance.now() - started;
    });
    expect(Math.max(...(await Promise.all(times)))).toBeLessThan(1000);
  });
});

describe('reading what came in', () => {
  const list = async (query: string, of?: Parameters<Reporting['bearer']>[0]) =>
    request(api.app)
      .get(`/v1/inbound-messages?${query}`)
      .set(await api.bearer(of));

  test('staff read the words newest first, by person and reading, page by page', async () => {
    const writer = await person();
    for (const words of ['Hello', 'wrong number', 'See you']) {
      await text(writer.phone, words);
      api.clock.at += HOUR;
    }
    const all = (await list(`personId=${writer.id}`)).body.items;
    expect(all.map(({ body }: { body: string }) => body)).toEqual(['See you', 'wrong number', 'Hello']);
    const shape = { channel: 'sms', from: writer.phone, personId: writer.id, caseId: null, doubt: null, subject: null };
    expect(all[0]).toMatchObject({ ...shape, provider: 'twilio', reading: 'other' });
    const doubtful = await list(`personId=${writer.id}&reading=perhaps_stop`);
    expect(doubtful.body.items).toMatchObject([{ body: 'wrong number' }]);
    const first = (await list(`personId=${writer.id}&limit=2`)).body;
    const rest = (await list(`personId=${writer.id}&limit=2&cursor=${first.next}`)).body;
    expect([first.items.length, rest.items.length, rest.next]).toEqual([2, 1, null]);
  });

  test('they are for keys with the scope for them, and of people in the programs of the key', async () => {
    const writer = await person(['second']);
    await text(writer.phone, 'Hello');
    expectProblem(await list('', { scopes: ['read', 'command'] }), 403, 'forbidden');
    const query = `personId=${writer.id}`;
    expect((await list(query, { programIds: ['second'] })).body.items).toHaveLength(1);
    expect((await list(query, { programIds: ['school'] })).body.items).toEqual([]);
    expectProblem(await list('reading=%00'), 400, 'malformed');
  });
});
