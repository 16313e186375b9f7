import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryRows } from '../../prisma/database.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { providerSettings, sendGridHeaders, twilioHeaders } from '../support/signed.ts';
import { openTerm, type Term } from './term.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed({ providerSettings });
});
afterAll(() => world.stop());

let texts = 0;

/** Somebody sends a text; the dispatchers have done what follows when this returns. */
async function text(from: string, body: string): Promise<void> {
  const path = '/webhooks/twilio/inbound';
  const form = { MessageSid: `SM${String(++texts).padStart(32, '0')}`, From: from, To: '+15005550006', Body: body };
  const headers = twilioHeaders(path, form, world.url);
  const answer = await fetch(world.url + path, { method: 'POST', headers, body: new URLSearchParams(form).toString() });
  expect(answer.status).toBe(204);
  await world.settle();
}

/** SendGrid reports an event of the mail that was sent last to the mentor. */
async function report(term: Term, event: string): Promise<void> {
  const sql = `
    update sends set provider = 'sendgrid' where id = (
      select id from sends where person_id = $1 and channel = 'email' order by claimed_at desc limit 1)
    returning id, address`;
  const [sent] = await queryRows<{ id: string; address: string }>(world.database, sql, term.person('mentor'));
  const now = await world.now();
  const told = { event, tandem_send: sent?.id, email: sent?.address, timestamp: Math.floor(now / 1000) };
  const body = JSON.stringify([told]);
  const headers = { 'Content-Type': 'application/json', ...sendGridHeaders(body, now) };
  const answer = await fetch(`${world.url}/webhooks/sendgrid/events`, { method: 'POST', headers, body });
  expect(answer.status).toBe(204);
  await world.settle();
}

describe('opting out, live', () => {
  it('M8 M5 a mentor who texts "please stop texting me" gets no more texts from that second, and the next reminder by mail', async () => {
    const phone = '+12125550201';
    const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4, mentor: { phone } });
    await term.until(5, '23:00');
    await text(phone, 'please stop texting me');
    // The text of the next day was decided already; the direct answer goes whatever the hour, and is the last text.
    expect(await term.heard()).toEqual([
      '3 09:00 email class-reminder/regular sent',
      '5 23:00 sms opt-out-confirmed sent',
      '6 16:00 sms class-reminder/regular waiting',
    ]);
    await term.until(7, '09:00');
    expect((await term.messages()).at(-1)).toMatchObject({ channel: 'email', fallback_from: 'sms', state: 'sent' });
    await text(phone, 'START');
    await term.until(13, '17:00');
    expect((await term.heard()).at(-1)).toBe('13 16:00 sms class-reminder/missed-week sent');
  });

  it('M8 without the STOP the same reminder goes by text', async () => {
    const term = await openTerm(world, { weeks: 4, endsAfterWeeks: 4, mentor: { phone: '+12125550202' } });
    await term.until(5, '23:00');
    await text('+12125550202', 'I had to stop at the store');
    await term.until(7, '09:00');
    expect((await term.messages()).at(-1)).toMatchObject({ channel: 'sms', fallback_from: null, state: 'sent' });
    expect(await term.cases()).toContain('task pair open');
  });

  it.each(['before', 'after'])(
    'M6 with a lesson %s the report that a reminder was blocked nothing is sent again',
    async (order) => {
      const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, mentor: { phone: null } });
      await term.until(3, '10:00');
      expect(await term.heard()).toEqual(['3 09:00 email class-reminder/regular sent']);
      if (order === 'before') await term.lesson();
      await report(term, 'blocked');
      if (order === 'after') await term.lesson();
      await term.until(6, '20:00');
      expect((await term.heard()).map((line) => line.split(' ').slice(2).join(' '))).toEqual([
        'email class-reminder/regular withdrawn',
      ]);
    },
  );

  it('M10 without the lesson a blocked reminder is sent once more an hour later', async () => {
    const term = await openTerm(world, { weeks: 3, endsAfterWeeks: 3, mentor: { phone: null } });
    await term.until(3, '10:00');
    await report(term, 'blocked');
    await term.until(3, '12:00');
    expect(await term.heard()).toEqual(['3 11:00 email class-reminder/regular sent']);
  });
});
