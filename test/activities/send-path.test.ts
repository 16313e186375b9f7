import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { readChannels, resumeChannel } from '../../prisma/store/channels.ts';
import type { PlanInput } from '../../runtime/local/provider-fake/plan.ts';
import { openSendPath, remind, type SendPath } from './send-path.ts';

/** What the outcomes of providers come to in the ledger, with the providers' own clients (M5, M8, M9, M10). */

let path: SendPath;
afterEach(() => path.drop());

type Faults = NonNullable<PlanInput['faults']>;

async function opened(count: number, faults: Faults = []): Promise<SendPath> {
  path = await openSendPath(count, { faults });
  return path;
}

const counted = async (sql: string): Promise<number> =>
  (await queryRows<{ n: number }>(path.database, `select count(*)::int as n from ${sql}`))[0]?.n ?? 0;

/** A transaction of somebody else that has written, and commits only when told. */
async function hanging(...statements: string[]): Promise<{ commit(): Promise<unknown> }> {
  let written: () => void = () => undefined;
  let commit: () => void = () => undefined;
  const isWritten = new Promise<void>((resolve) => {
    written = resolve;
  });
  const held = new Promise<void>((resolve) => {
    commit = resolve;
  });
  const ended = path.database.$transaction(async (tx) => {
    for (const sql of statements) await execute(tx, sql);
    written();
    await held;
  });
  await isWritten;
  return {
    commit() {
      commit();
      return ended;
    },
  };
}

describe('rows that change while the dispatcher looks at them', () => {
  it('M6 go although the facts that they wait for were settled in the meantime', async () => {
    await opened(1);
    await remind(path, 0, 'email');
    await execute(
      path.database,
      `insert into journal (source, event_id, digest, ref, type, subject, owner, occurred_at, received_at, history, urgent, data, state)
       values ('s', 'e', '', 'e', 'lesson.completed', 'p0', 'pair:school:p0', now(), now(), false, false, '{}', 'recorded')`,
    );
    const say = await hanging(
      'select from messages for update',
      `update journal set state = 'applied'`,
      'update messages set look_at = null',
    );
    const pass = path.dispatch();
    await sleep(500);
    await say.commit();
    await pass;
    await path.dispatch();
    expect(await path.ledger()).toEqual(['p0/email email sent']);
  });
});

describe('a channel that is broken', () => {
  const broken: Faults = [{ provider: 'sendgrid', fault: { answer: 'status', status: 401 } }];

  it('M10 is parked with one alert; nothing is lost, and what is in time goes when staff resume it', async () => {
    await opened(40, broken);
    for (let index = 0; index < 40; index++) await remind(path, index, 'email');
    await path.dispatch();
    expect(path.accepted()).toEqual([]);
    expect(await counted("messages where template = 'class-reminder' and state = 'waiting'")).toBe(40);
    const [state] = await readChannels(path.database, ['sendgrid']);
    expect(state).toMatchObject({ code: '401', limitedUntil: null });
    expect(state?.parkedAt).not.toBeNull();
    expect(await counted("channel_changes where change = 'parked'")).toBe(1);
    expect(path.nudged).toContain('urgent');
    const asked = path.fake.journal().length;
    await path.dispatch();
    // One text to operations; while it is parked no further mail is tried.
    expect(path.accepted()).toEqual(['twilio +12125551900']);
    expect(path.fake.journal().length).toBe(asked + 1);

    path.fake.setPlan({});
    path.clock.at += 2 * MINUTE;
    expect(await resumeChannel(path.database, 'sendgrid', ['email'], 'ops', path.clock.at)).toBe(true);
    expect(await resumeChannel(path.database, 'sendgrid', ['email'], 'ops', path.clock.at)).toBe(false);
    await path.dispatch();
    await path.dispatch();
    const mails = path.accepted().filter((line) => line.startsWith('sendgrid'));
    expect(new Set(mails).size).toBe(40);
    expect(mails).toHaveLength(40);
    expect(await counted("messages where template = 'class-reminder' and state = 'sent'")).toBe(40);
  });

  it('M10 what has its slot ahead while a channel is parked goes at its slot once staff resumed it', async () => {
    await opened(2, broken);
    await remind(path, 0, 'email');
    await path.dispatch();
    await remind(path, 1, 'email');
    await execute(
      path.database,
      `update messages set planned_for = $1, not_before = $1 where key = 'p1/email'`,
      new Date(path.clock.at + 3 * HOUR),
    );
    await path.dispatch();
    path.fake.setPlan({});
    path.clock.at += HOUR;
    await resumeChannel(path.database, 'sendgrid', ['email'], 'ops', path.clock.at);
    await path.dispatch();
    expect(await path.ledger()).toContain('p1/email email waiting');
    path.clock.at += 2 * HOUR;
    await path.dispatch();
    expect(await path.ledger()).toContain('p1/email email sent');
  });

  it('M10 control: with nobody to resume it, what waits expires and is recorded as that', async () => {
    await opened(1, broken);
    await remind(path, 0, 'email');
    await path.dispatch();
    path.fake.setPlan({});
    path.clock.at += 4 * DAY;
    await path.dispatch();
    expect(await path.ledger()).toContain('p0/email email skipped expired');
  });

  it('M10 the sandbox parks it too: an account that only tests would lose every mail', async () => {
    await opened(1, [{ provider: 'sendgrid', fault: { answer: 'sandbox' } }]);
    await remind(path, 0, 'email');
    await path.dispatch();
    expect(await path.ledger()).toContain('p0/email email waiting');
    expect((await readChannels(path.database, ['sendgrid']))[0]?.code).toBe('200');
  });
});

describe('a channel that is limited', () => {
  it('M10 takes nothing until it said so, which counts as no attempt', async () => {
    const fault = { answer: 'status', status: 429, retryAfterSeconds: 300 } as const;
    await opened(2, [{ provider: 'twilio', fault }]);
    await remind(path, 0, 'sms');
    await path.dispatch();
    path.fake.setPlan({});
    await remind(path, 1, 'sms');
    path.clock.at += 4 * MINUTE;
    await path.dispatch();
    expect(path.accepted()).toEqual([]);
    expect(await counted('messages where attempts > 0')).toBe(0);
    path.clock.at += 2 * MINUTE;
    await path.dispatch();
    expect(path.accepted().sort()).toEqual(['twilio +12125551000', 'twilio +12125551001']);
  });
});

describe('an address that must not be used', () => {
  it.each([
    ['M8 an opt-out that the carrier knows of', 21610, 'opted_out'],
    ['M10 a landline', 21614, 'bad_address'],
  ])('%s suppresses the number, and the same content goes by mail', async (_name, code, reason) => {
    await opened(1, [{ provider: 'twilio', fault: { answer: 'twilioError', code } }]);
    await remind(path, 0, 'sms');
    await path.dispatch();
    await path.dispatch();
    expect(path.accepted()).toEqual(['sendgrid m0@example.org']);
    expect(await path.ledger()).toEqual(['p0/sms email sent']);
    const rows = await queryRows(path.database, 'select channel, category, reason from suppressions');
    expect(rows).toEqual([{ channel: 'sms', category: 'all', reason }]);
    // By digest: the number itself stands nowhere in it.
    expect(JSON.stringify(await queryRows(path.database, 'select * from suppressions'))).not.toContain('2125551000');
    const before = path.fake.journal().length;
    path.clock.at += DAY;
    await execute(path.database, "delete from messages where key = 'p0/sms'");
    await remind(path, 0, 'sms');
    await path.dispatch();
    await path.dispatch();
    expect(
      path.fake
        .journal()
        .slice(before)
        .map((entry) => entry.provider),
    ).toEqual(['sendgrid']);
  });
});

describe('a refusal that only a person can put right', () => {
  it('M10 fails, with one task for each program, provider and code', async () => {
    await opened(12, [{ provider: 'twilio', fault: { answer: 'twilioError', code: 30007 } }]);
    for (let index = 0; index < 12; index++) await remind(path, index, 'sms');
    await path.dispatch();
    expect(await counted("messages where state = 'failed' and reason = 'provider_refused'")).toBe(12);
    expect(await counted("cases where kind = 'task' and reason = 'send_failed' and state = 'open'")).toBe(1);
    path.clock.at += 3 * MINUTE;
    await path.dispatch();
    expect(path.accepted()).toEqual(['sendgrid ops@example.org']);
    expect(path.fake.journal().filter((entry) => entry.provider === 'twilio')).toHaveLength(12);
  });
});

describe('an outcome that nobody knows', () => {
  it('M9 is settled by asking: what was accepted is sent, what was not goes again, once each', async () => {
    const faults: Faults = [
      { to: 'm0@example.org', requests: { last: 1 }, fault: { answer: 'reset', accepted: true } },
      { to: 'm1@example.org', requests: { last: 1 }, fault: { answer: 'reset', accepted: false } },
      { to: 'm2@example.org', requests: { last: 1 }, fault: { answer: 'status', status: 500, accepted: true } },
    ];
    await opened(3, faults);
    for (let index = 0; index < 3; index++) await remind(path, index, 'email');
    await path.dispatch();
    expect(await counted("messages where state = 'unknown'")).toBe(3);
    await path.dispatch();
    expect(path.fake.journal()).toHaveLength(3);
    expect(await path.settle()).toBe(3);
    expect(await path.ledger()).toEqual(['p0/email email sent', 'p1/email email waiting', 'p2/email email sent']);
    await path.dispatch();
    expect(path.accepted().sort()).toEqual([0, 1, 2].map((index) => `sendgrid m${index}@example.org`));
    expect(await counted("messages where state = 'sent'")).toBe(3);
  });

  it('M6 M9 what was withdrawn meanwhile and proves absent is not sent again', async () => {
    await opened(1, [{ requests: { last: 1 }, fault: { answer: 'reset', accepted: false } }]);
    await remind(path, 0, 'email');
    await path.dispatch();
    await execute(path.database, 'update messages set withdrawn = true');
    await path.settle();
    await path.dispatch();
    expect(path.accepted()).toEqual([]);
    expect(await path.ledger()).toEqual(['p0/email email skipped withdrawn']);
  });

  it('M6 M9 nor is what is withdrawn just while it proves absent', async () => {
    await opened(1, [{ requests: { last: 1 }, fault: { answer: 'reset', accepted: false } }]);
    await remind(path, 0, 'email');
    await path.dispatch();
    const say = await hanging('update messages set withdrawn = true');
    const settled = path.settle();
    await sleep(500);
    await say.commit();
    expect(await settled).toBe(1);
    await path.dispatch();
    expect(path.accepted()).toEqual([]);
    expect(await path.ledger()).toEqual(['p0/email email skipped withdrawn']);
  });

  it('M9 stays unknown while its provider cannot tell, and nothing is guessed', async () => {
    await opened(1, [
      { fault: { answer: 'hang', accepted: true } },
      { on: 'lookUp', fault: { answer: 'status', status: 403 } },
    ]);
    await remind(path, 0, 'email');
    await path.dispatch();
    expect(await path.settle()).toBe(0);
    expect(await path.ledger()).toEqual(['p0/email email unknown']);
  });
});

describe('a provider that cannot be reached', () => {
  it('M10 is tried again, ever later, within the time of the message', async () => {
    await opened(1);
    const { email } = path.channels;
    const refused = { ...email, deliver: async () => ({ class: 'not_sent', code: 'ECONNREFUSED' }) as const };
    path.channels.email = refused;
    await remind(path, 0, 'email');
    const attempts = async (): Promise<number> =>
      (await queryRows<{ attempts: number }>(path.database, 'select attempts from messages'))[0]?.attempts ?? 0;
    await path.dispatch();
    await path.dispatch();
    expect(await attempts()).toBe(1);
    path.clock.at += MINUTE;
    await path.dispatch();
    expect(await attempts()).toBe(2);
    path.channels.email = email;
    path.clock.at += HOUR;
    await path.dispatch();
    expect(path.accepted()).toEqual(['sendgrid m0@example.org']);
  });
});
