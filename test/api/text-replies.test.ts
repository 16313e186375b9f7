import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { idOf } from '../../policy/pair/context.ts';
import { DAY } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { insertCheckIn } from '../support/check-ins.ts';
import { insertPair } from '../support/facts.ts';
import { insertMessage } from '../support/ledger.ts';
import { seedPerson } from '../support/mentoring.ts';
import { type Reporting, startReporting } from './reported.ts';

let api: Reporting;
let made = 0;

beforeAll(async () => {
  api = await startReporting();
});
afterAll(() => api.drop());

interface Asked {
  personId: string;
  pairId: string;
  phone: string;
}

/** A check-in due on 25 November of the mentor of a new pair, whose question went out; the clock says the 24th. */
async function asked(given: { mentor?: Asked; state?: string; reason?: string; dueOn?: string } = {}): Promise<Asked> {
  const { state = 'sent', reason = null, dueOn = '2026-11-25' } = given;
  const { database } = api;
  const [pairId, menteeId] = [`pair_t${++made}`, `mentee_t${made}`];
  const personId = given.mentor?.personId ?? `mentor_t${made}`;
  const phone = given.mentor?.phone ?? `+1212555${4000 + made}`;
  await seedPerson(database, menteeId, { programs: ['school'], role: 'mentee' });
  if (!given.mentor) await seedPerson(database, personId, { programs: ['school'] });
  await execute(database, 'update people set phone = $2 where id = $1', personId, phone);
  await insertPair(database, { id: pairId, programId: 'school', mentorId: personId, menteeId });
  const checkInId = await insertCheckIn(database, { pairId, programId: 'school', personId, dueOn });
  const message = {
    id: `msg_t${made}`,
    programId: 'school',
    pairIds: [pairId],
    personId,
    template: 'check-in',
    reason,
  };
  await insertMessage(database, { ...message, channel: 'sms', state, at: api.clock.at - DAY });
  const fields = 'update messages set fields = $2::jsonb where id = $1';
  await execute(database, fields, message.id, JSON.stringify({ checkInId }));
  return { personId, pairId, phone };
}

const sid = () => `SM${String(++made).padStart(32, '0')}`;
const text = async (from: string, Body: string, MessageSid = sid()) => {
  const form = { MessageSid, From: from, To: '+15005550006', Body };
  expect(await api.twilio('/webhooks/twilio/inbound', form)).toBe(204);
};
const journal = (pairId: string) =>
  queryRows<{ eventId: string; ref: string; urgent: boolean; data: Record<string, unknown>; texts: object }>(
    api.database,
    `select event_id as "eventId", ref, urgent, data,
       coalesce((select jsonb_object_agg(field, text) from free_texts t where t.seq = j.seq), '{}') as texts
     from journal j where subject = $1 and type = 'checkin.recorded' order by seq`,
    pairId,
  );
const readings = async (phone: string) => {
  const sql = 'select reading from inbound_messages where from_address = $1 order by provider_key';
  return (await queryRows<{ reading: string }>(api.database, sql, phone)).map(({ reading }) => reading);
};
/** Reasons of the tasks about texts of a number. */
const cases = async (phone: string) => {
  const sql = `
    select c.kind, c.reason from cases c join inbound_messages i on i.id = c.details->>'inboundId'
    where i.from_address = $1 order by c.kind`;
  const rows = await queryRows<{ kind: string; reason: string }>(api.database, sql, phone);
  return rows.map(({ kind, reason }) => `${kind} ${reason}`);
};

const safetyCases = async (personId: string) => {
  const sql = `select count(*)::int as n from cases where kind = 'safety' and person_id = $1`;
  return (await queryRows<{ n: number }>(api.database, sql, personId))[0]?.n;
};

describe('a text that answers a check-in', () => {
  test('K3 a number is taken, once however often it is told, and nobody of the staff is bothered', async () => {
    const { phone, pairId } = await asked();
    const once = sid();
    await Promise.all(Array.from({ length: 4 }, () => text(phone, '4', once)));
    const inboundId = idOf('inb', `twilio/${once}`);
    expect(await journal(pairId)).toEqual([
      {
        eventId: `checkin.recorded:text:${inboundId}`,
        ref: `text_${inboundId}`,
        urgent: false,
        data: { respondent: 'mentor', by: 'mentor', mode: 'text', safetyConcern: false, given: ['answers'] },
        texts: { 'answers.going': '4' },
      },
    ]);
    expect(await readings(phone)).toEqual(['check_in']);
    expect(await cases(phone)).toEqual([]);
  });

  test('K3 words are taken as they were written', async () => {
    const { phone, pairId } = await asked();
    await text(phone, 'It goes well, we met twice 👍');
    expect((await journal(pairId))[0]?.texts).toEqual({ notes: 'It goes well, we met twice 👍' });
    expect(await cases(phone)).toEqual([]);
  });

  test('K3 what is neither goes to staff', async () => {
    const { phone, pairId } = await asked();
    for (const body of ['9', '👍', '']) await text(phone, body);
    expect(await journal(pairId)).toEqual([]);
    expect(await readings(phone)).toEqual(['other', 'other', 'other']);
    expect(await cases(phone)).toEqual(Array(3).fill('task inbound_text'));
  });

  test('M8 STOP stops, and what may be one goes to staff', async () => {
    const { phone, pairId } = await asked();
    await text(phone, 'leave me alone');
    await text(phone, 'STOP');
    expect(await journal(pairId)).toEqual([]);
    expect(await cases(phone)).toEqual(['task possible_opt_out']);
    expect(await api.suppressed({ channel: 'sms', address: phone })).toEqual(['all stop']);
  });

  test('K3 nobody guesses: two open questions, a number that two people share, a question that did not go out', async () => {
    const two = await asked();
    const second = await asked({ mentor: two });
    await text(two.phone, '4');
    const shared = await asked();
    await seedPerson(api.database, 'sharing', { programs: ['school'] });
    await execute(api.database, `update people set phone = $1 where id = 'sharing'`, shared.phone);
    await text(shared.phone, '4');
    const unsent = [await asked({ state: 'waiting' }), await asked({ state: 'skipped', reason: 'capped' })];
    const over = await asked({ dueOn: '2026-11-10' });
    for (const { phone } of [...unsent, over]) await text(phone, 'All fine');
    for (const { pairId } of [two, second, shared, ...unsent, over]) expect(await journal(pairId)).toEqual([]);
    for (const { phone } of [two, shared, ...unsent, over]) expect(await cases(phone)).toEqual(['task inbound_text']);
    // Of two questions that travelled as one text, both went out.
    const merged = await asked({ state: 'skipped', reason: 'merged' });
    await text(merged.phone, '4');
    expect(await journal(merged.pairId)).toHaveLength(1);
  });

  test('K3 a check-in that was made already takes no more texts', async () => {
    const { phone, pairId } = await asked();
    const sql = `update pair_records set data = jsonb_set(data, '{contact}', $2::jsonb) where pair_id = $1`;
    const contact = { id: 'evt', at: api.clock.at, mode: 'phone', by: 'per_pc' };
    await execute(api.database, sql, pairId, JSON.stringify(contact));
    await text(phone, 'And one more thing');
    expect(await journal(pairId)).toEqual([]);
    expect(await cases(phone)).toEqual(['task inbound_text']);
  });

  test('K6 words that may tell of danger are judged with the answer, and open no second case', async () => {
    const { phone, pairId, personId } = await asked();
    await text(phone, 'He told me he wants to kill himself');
    const [entry, ...others] = await journal(pairId);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ urgent: true, data: { keyword: expect.any(String), safetyConcern: false } });
    expect(JSON.stringify(entry?.data)).not.toContain('himself');
    expect(await cases(phone)).toEqual([]);
    expect(await safetyCases(personId)).toBe(0);
    // From somebody who was asked nothing, the text itself opens the case.
    const unasked = await asked({ state: 'waiting' });
    await text(unasked.phone, 'He told me he wants to kill himself');
    expect(await safetyCases(unasked.personId)).toBe(1);
  });
});
