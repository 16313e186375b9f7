import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inboundMailWebhook } from '../../api/webhooks/inbound-mail.ts';
import { outreachAddress } from '../../policy/delivery/inbound-mail.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { classify } from '../../templates/table.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair } from '../support/facts.ts';
import { boundary, contentType, type MailGiven, partOf, postedMail } from '../support/inbound-mail.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';
import { providerSettings, sendGridHeaders } from '../support/signed.ts';

const now = Date.UTC(2026, 10, 26, 15);
const clock = { now: async () => now };
const domain = 'in.tandem.example';
const path = '/webhooks/sendgrid/inbound';
const metrics = createMetrics();
let api: TestApi;
let woken = 0;
let nudged = 0;
let cases = 0;

beforeAll(async () => {
  api = await createTestApi({
    clock,
    routes: (database) => [
      inboundMailWebhook({
        database,
        clock,
        metrics,
        classify,
        providerSettings,
        inboundDomain: domain,
        relay: { wake: () => woken++ },
        nudge: async () => {
          nudged++;
          throw new Error('Temporal does not answer');
        },
      }),
    ],
  });
  const { database } = api;
  await seedProgram(database, 'prog', now);
  for (const id of ['mentor', 'mentee', 'per_ops', 'per_pc', 'per_sup', 'twin_a', 'twin_b'])
    await seedPerson(database, id);
  const addresses = {
    mentor: 'rosa@mail.example',
    per_pc: 'Kim@school.example',
    per_sup: 'sam@school.example',
    twin_a: 'twins@school.example',
    twin_b: 'Twins@School.example',
  };
  for (const [id, email] of Object.entries(addresses))
    await execute(database, 'update people set email = $2 where id = $1', id, email);
  await insertPair(database, { id: 'pair', programId: 'prog', mentorId: 'mentor', menteeId: 'mentee' });
});
afterAll(() => api.drop());

/** An escalation of its own, and the address to blind-copy. */
async function escalated(change: { state?: string; kind?: string; assignee?: string } = {}) {
  const id = `case_${String(++cases).padStart(32, '0')}`;
  const { state = 'open', kind = 'escalation', assignee = 'per_pc' } = change;
  await execute(
    api.database,
    `insert into cases (id, owner, kind, program_id, pair_id, state, assignee, supervisor, reason, facts, details, opened_at)
     values ($1, 'pair:prog:pair', $2, 'prog', 'pair', $3, $4, 'per_sup', 'missed_weeks', '{}', '{}', $5)`,
    id,
    kind,
    state,
    assignee,
    new Date(now),
  );
  return { id, address: outreachAddress(id, domain) };
}

const post = (body: Buffer, headers: Record<string, string> = {}) =>
  request(api.app)
    .post(path)
    .set({ 'Content-Type': contentType, ...sendGridHeaders(body, now), ...headers })
    .send(body);

async function received(given: MailGiven): Promise<void> {
  await post(postedMail(given)).expect(204);
}

const entriesOf = (caseId: string) =>
  queryRows<{ source: string; subject: string; state: string; owner: string; data: unknown }>(
    api.database,
    `select source, subject, state, owner, data from journal where type = 'outreach.recorded' and data->>'caseId' = $1`,
    caseId,
  );
const storedFor = (caseId: string) =>
  queryRows<Record<string, unknown>>(
    api.database,
    `select id, reading, doubt, person_id as by, from_address as from, to_address as to, subject, body
     from inbound_messages where case_id = $1 order by received_at, id`,
    caseId,
  );
const tasksFor = (caseId: string) =>
  queryRows<{ reason: string; assignee: string; doubt: string; inbound: string; words: unknown }>(
    api.database,
    `select c.reason, c.assignee, c.details->>'doubt' as doubt, c.details->>'subject' as inbound, m.fields as words
     from cases c join messages m on m.step_key like c.key || '/%' and m.person_id = 'per_ops'
     where c.kind = 'task' and c.details->>'caseId' = $1 order by c.details->>'doubt'`,
    caseId,
  );

/** Nothing was resumed, and one task names the mail and why. */
async function expectDoubt(caseId: string, doubt: string): Promise<void> {
  expect(await entriesOf(caseId)).toEqual([]);
  const [stored, ...more] = await storedFor(caseId);
  expect(more).toEqual([]);
  expect(stored).toMatchObject({ reading: 'doubtful', doubt });
  expect(await tasksFor(caseId)).toEqual([
    expect.objectContaining({ reason: 'inbound_mail', assignee: 'per_ops', doubt, inbound: stored?.id }),
  ]);
}

const counted = async (reading: string, reason: string): Promise<number> =>
  (await metrics.inboundMail.get()).values
    .filter(({ labels }) => labels.reading === reading && labels.reason === reason)
    .reduce((sum, { value }) => sum + value, 0);

describe('outreach that comes in', () => {
  test('W9 the coordinator blind-copies the address: outreach is on the journal, once, and the relay is woken', async () => {
    const { id, address } = await escalated();
    const before = woken;
    const body = postedMail({ envelopeTo: [address], attachment: Buffer.alloc(3_000_000, 7) });
    await post(body).expect(204);
    await post(body).expect(204);
    expect(woken).toBe(before + 1);
    expect(await entriesOf(id)).toEqual([
      {
        source: 'tandem/inbound-mail',
        subject: 'pair',
        state: 'recorded',
        owner: 'pair:prog:pair',
        data: { by: 'per_pc', caseId: id },
      },
    ]);
    expect(await storedFor(id)).toEqual([
      {
        id: expect.stringMatching(/^inb_[0-9a-f]{32}$/),
        reading: 'outreach',
        doubt: null,
        by: 'per_pc',
        from: 'kim@school.example',
        to: address,
        subject: 'How are you?',
        body: 'We miss you in class.',
      },
    ]);
    expect(await tasksFor(id)).toEqual([]);
    expect(api.logged()).not.toMatch(/school|miss you|rosa/);
  });

  test('W9 twenty copies at once are one mail', async () => {
    const { id, address } = await escalated();
    const body = postedMail({ envelopeTo: [address] });
    await Promise.all(Array.from({ length: 20 }, () => post(body).expect(204)));
    expect(await storedFor(id)).toHaveLength(1);
    expect(await entriesOf(id)).toHaveLength(1);
  });

  test('W9 one mail about two pairs counts for both, in one posting or in two', async () => {
    const [first, second] = [await escalated(), await escalated()];
    await received({ envelopeTo: [first.address, 'someone@else.example', second.address] });
    expect([await entriesOf(first.id), await entriesOf(second.id)].map((entries) => entries.length)).toEqual([1, 1]);
    const [third, fourth] = [await escalated(), await escalated()];
    for (const { address } of [third, fourth]) await received({ envelopeTo: [address], messageId: '<same@x.example>' });
    expect([await entriesOf(third.id), await entriesOf(fourth.id)].map((entries) => entries.length)).toEqual([1, 1]);
  });

  test('W9 without a Message-ID the bytes tell whether it is the same mail', async () => {
    const { id, address } = await escalated();
    const body = postedMail({ envelopeTo: [address], messageId: null });
    for (let times = 0; times < 2; times++) await post(body).expect(204);
    await post(postedMail({ envelopeTo: [address], messageId: null, text: 'Another one.' })).expect(204);
    expect(await storedFor(id)).toHaveLength(2);
  });

  test('W9 a forgery that carries the id of a mail does not keep that mail out', async () => {
    const { id, address } = await escalated();
    const messageId = '<known@school.example>';
    await received({ envelopeTo: [address], messageId, envelopeFrom: 'x@evil.example' });
    await received({ envelopeTo: [address], messageId });
    expect(await entriesOf(id)).toHaveLength(1);
  });

  test('W9 folded, commented, encoded and quoted headers are read; words keep their character set', async () => {
    const { id, address } = await escalated();
    const from = '=?utf-8?Q?Kim_=3Cx=40evil.example=3E?=\r\n (Doyle \\) <x@y.z>)\r\n\t<kim@school.example>';
    const to = '"Lindqvist, Rosa" <rosa@mail.example>, Mentors: a@b.example, c@d.example;';
    const text = Buffer.from([0x5a, 0x6f, 0xeb, 0x00, 0x21]);
    await received({ envelopeTo: [address], from, to, text, charsets: { text: 'iso-8859-1' } });
    expect(await storedFor(id)).toEqual([expect.objectContaining({ reading: 'outreach', body: 'Zoë!' })]);
  });

  test('W9 DKIM alone will do', async () => {
    const { id, address } = await escalated();
    const signature = 'DKIM-Signature: v=1; a=rsa-sha256; d=school.example; s=k;\r\n bh=x; b=y';
    await received({
      envelopeTo: [address],
      envelopeFrom: 'bounce@esp.example',
      spf: 'none',
      dkim: '{@school.example : pass}',
      headers: [signature],
    });
    expect(await entriesOf(id)).toHaveLength(1);
  });
});

const evilSpf = { envelopeFrom: 'x@evil.example' };
const doubts: Array<[what: string, given: Omit<MailGiven, 'envelopeTo'>, doubt: string]> = [
  ['a sender that only says so', evilSpf, 'not_authenticated'],
  ['SPF that failed', { spf: 'fail' }, 'not_authenticated'],
  ['a name that looks like the address', { from: '"kim@school.example" <x@evil.example>' }, 'sender_not_staff'],
  ['an address before the address', { from: 'kim@school.example <x@evil.example>' }, 'sender_unclear'],
  ['two senders', { from: 'x@evil.example, kim@school.example' }, 'sender_unclear'],
  ['a second From header', { headers: ['From: x@evil.example'] }, 'sender_unclear'],
  ['a From header that is none', { headers: ['from : @'] }, 'sender_unclear'],
  ['a quoted address in the address', { from: '<"kim@school.example> x"@evil.example>' }, 'sender_unclear'],
  ['the mentor', { from: 'rosa@mail.example', envelopeFrom: 'rosa@mail.example' }, 'sender_not_staff'],
  ['an address of two people', { from: 'twins@school.example' }, 'sender_not_staff'],
  ['an out-of-office reply', { headers: ['Auto-Submitted: auto-replied'] }, 'automatic_reply'],
  ['bulk mail', { headers: ['precedence: Bulk'] }, 'automatic_reply'],
  ['a list', { headers: ['List-Id: <all.school.example>'] }, 'automatic_reply'],
  ['an autoreply of old', { headers: ['X-Autoreply: yes'] }, 'automatic_reply'],
  ['mail to others than the mentor', { to: 'someone@mail.example' }, 'not_to_mentor'],
  ['mail to nobody', { to: 'undisclosed-recipients:;' }, 'no_other_recipient'],
  [
    'a signature that names two domains as one',
    {
      ...evilSpf,
      dkim: '{@school.example : pass, @x.evil.example : pass}',
      headers: ['DKIM-Signature: v=1; d=school.example : pass, @x.evil.example; b=y'],
    },
    'not_authenticated',
  ],
  ['signatures that are no list', { ...evilSpf, dkim: '{@school.example : pass' }, 'not_authenticated'],
  [
    'parts that the text brings along',
    { ...evilSpf, text: Buffer.concat([Buffer.from('Hi\r\n'), partOf('dkim', '{@school.example : pass}')]) },
    'unreadable',
  ],
];

describe('mail that is doubtful', () => {
  test.each(doubts)('W9 %s resumes nothing, and is a task', async (_what, given, doubt) => {
    const { id, address } = await escalated();
    await received({ envelopeTo: [address], ...given });
    await expectDoubt(id, doubt);
  });

  test('W9 a text that ends the form before its outcomes are told is not believed', async () => {
    const { id, address } = await escalated();
    const forged = [
      partOf('envelope', JSON.stringify({ to: [address], from: 'kim@school.example' })),
      partOf('SPF', 'pass'),
    ];
    const text = Buffer.concat([Buffer.from('Hi\r\n'), ...forged, Buffer.from(`--${boundary}--\r\n`)]);
    await received({ envelopeTo: [address], ...evilSpf, text });
    await expectDoubt(id, 'unreadable');
  });

  test('W9 a resolved case and other kinds of case are no place for outreach', async () => {
    const resolved = await escalated({ state: 'resolved' });
    await received({ envelopeTo: [resolved.address] });
    await expectDoubt(resolved.id, 'case_closed');
    const other = await escalated({ kind: 'safety' });
    await received({ envelopeTo: [other.address] });
    await expectDoubt(other.id, 'not_an_escalation');
  });

  test('W9 an address that two people share says nothing about who wrote', async () => {
    const { id, address } = await escalated({ assignee: 'twin_a' });
    await received({ envelopeTo: [address], from: 'twins@school.example' });
    await expectDoubt(id, 'sender_shares_address');
  });

  test('W9 a thousand doubtful mails to one case are one task, each mail is kept, and no mail waits for Temporal', async () => {
    const { id, address } = await escalated();
    const before = nudged;
    for (let times = 0; times < 30; times++) await received({ envelopeTo: [address], spf: 'fail' });
    expect(await storedFor(id)).toHaveLength(30);
    expect(await tasksFor(id)).toHaveLength(1);
    expect(nudged).toBe(before + 30);
  });

  test('W9 a case that does not exist is a task where its writer leads, and none for a stranger', async () => {
    await received({ envelopeTo: [outreachAddress('case_gone', domain)] });
    await received({ envelopeTo: [outreachAddress('case_gone', domain)], from: 'x@evil.example' });
    expect((await storedFor('case_gone')).map(({ by, doubt }) => [by, doubt])).toEqual(
      expect.arrayContaining([
        ['per_pc', 'unknown_case'],
        [null, 'unknown_case'],
      ]),
    );
    expect(await tasksFor('case_gone')).toHaveLength(1);
  });
});

describe('mail that is nothing to anybody', () => {
  test('W9 bounces and mail to no case are kept and counted, and are no task', async () => {
    const { id, address } = await escalated();
    const bounces = await counted('ignored', 'bounce');
    const others = await counted('ignored', 'no_case');
    await received({ envelopeTo: [address], envelopeFrom: '' });
    await received({ envelopeTo: [`info@${domain}`] });
    await received({ envelopeTo: ['outreach+case_x@elsewhere.example'], to: address });
    expect(await counted('ignored', 'bounce')).toBe(bounces + 1);
    expect(await counted('ignored', 'no_case')).toBe(others + 2);
    expect(await storedFor(id)).toEqual([]);
    expect(await tasksFor(id)).toEqual([]);
  });
});

/** Signed bodies that are no mail; the name of what is kept of each, if its envelope can be read at all. */
const hostile: Array<[what: string, body: Buffer, type?: string]> = [
  ['nothing', Buffer.alloc(0)],
  ['no boundary', Buffer.from('hello'), 'multipart/form-data'],
  ['an empty boundary', Buffer.from('hello again'), 'multipart/form-data; boundary='],
  ['another media type', Buffer.from('hi'), 'text/plain'],
  ['no media type', Buffer.from('{}'), ''],
  ['only a boundary', Buffer.from(`--${boundary}--\r\n`)],
  ['NUL', Buffer.alloc(10_000)],
  ['a broken envelope', postedMail({ envelopeTo: [], parts: { envelope: '{"to":' } })],
  ['an envelope of numbers', postedMail({ envelopeTo: [], parts: { envelope: '{"to":[1],"from":{}}' } })],
  ['an envelope that is null', postedMail({ envelopeTo: [], parts: { envelope: 'null' } })],
  ['no envelope', postedMail({ envelopeTo: [], parts: { envelope: null } })],
  ['an envelope of 2 MB', postedMail({ envelopeTo: ['x'.repeat(2_000_000)] })],
  ['a part that is cut off', postedMail({ envelopeTo: [] }).subarray(0, 400)],
  ['a header that is cut off', Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; na`)],
  ['a part without a name', Buffer.from(`--${boundary}\r\nX: y\r\n\r\nz\r\n--${boundary}--\r\n`)],
  [
    'a long part without a name',
    Buffer.concat([
      Buffer.from(`--${boundary}\r\nX: y\r\n\r\n${'z'.repeat(200_000)}\r\n`),
      partOf('a', 'b'),
      Buffer.from(`--${boundary}--`),
    ]),
  ],
  ['5,000 parts', Buffer.concat([...Array(5000).fill(partOf('a', 'b')), Buffer.from(`--${boundary}--`)])],
  ['a thousand brackets', postedMail({ envelopeTo: [], from: '<'.repeat(60_000), parts: { envelope: '[]' } })],
];

describe('bodies that are no mail', () => {
  test.each(hostile)('W9 %s is kept as doubtful and answered with 204', async (_what, body, type) => {
    const before = await counted('doubtful', 'unreadable');
    await post(body, { 'Content-Type': type ?? contentType }).expect(204);
    expect(await counted('doubtful', 'unreadable')).toBe(before + 1);
  });

  test('W9 ten thousand recipients are read, and more cases than one mail can be about are doubtful', async () => {
    const { id, address } = await escalated();
    const crowd = Array.from({ length: 10_000 }, (_, index) => `person${index}@mail.example`);
    const startedAt = performance.now();
    await received({ envelopeTo: [...crowd, address], to: `rosa@mail.example, ${crowd.slice(0, 2000).join(', ')}` });
    expect(performance.now() - startedAt).toBeLessThan(2000);
    expect(await entriesOf(id)).toHaveLength(1);
    const before = await counted('doubtful', 'too_many_cases');
    await received({ envelopeTo: crowd.map((_, index) => outreachAddress(`case_${index}`, domain)) });
    expect(await counted('doubtful', 'too_many_cases')).toBe(before + 1);
  });

  test('W9 whatever bytes a signed body holds, in whole or in part, it is taken', async () => {
    const { address } = await escalated();
    const good = postedMail({ envelopeTo: [address], spf: 'fail' });
    const pieces = fc.constantFrom(
      '\r\n',
      `--${boundary}`,
      `--${boundary}--`,
      '\0',
      'Content-Disposition: form-data; name="',
      '"',
      'envelope',
      '{"to":["',
      ':',
      ';',
    );
    const anyBody = fc.oneof(
      fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
      fc.array(pieces, { maxLength: 30 }).map((parts) => Buffer.from(parts.join(''))),
      fc.nat(good.length).map((length) => good.subarray(0, length)),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => {
        const changed = Buffer.from(good);
        changed[at] = byte;
        return changed;
      }),
    );
    await fc.assert(
      fc.asyncProperty(anyBody, async (body) => {
        expect((await post(body)).status).toBe(204);
      }),
      { numRuns: 150 },
    );
  });

  test('W9 a body over 30 MB is refused, and so is what SendGrid did not sign', async () => {
    const { id, address } = await escalated();
    const body = postedMail({ envelopeTo: [address] });
    const other = postedMail({ envelopeTo: [address] });
    const unsigned = await request(api.app).post(path).set('Content-Type', contentType).send(body);
    expect(unsigned.status).toBe(403);
    expect((await post(body, sendGridHeaders(other, now))).status).toBe(403);
    expect((await post(body, sendGridHeaders(body, now - 26 * 3_600_000))).status).toBe(403);
    expect((await post(Buffer.alloc(31 * 1024 * 1024))).status).toBe(413);
    expect(await storedFor(id)).toEqual([]);
    await post(body).expect(204);
    expect(await entriesOf(id)).toHaveLength(1);
  });
});
