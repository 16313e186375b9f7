import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { carriedBy } from '../../activities/channels/channel.ts';
import { sendGridChannel } from '../../activities/channels/sendgrid.ts';
import { twilioChannel } from '../../activities/channels/twilio.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import type { ProviderFake } from '../../runtime/local/provider-fake/start.ts';
import { startProviderFake } from '../../runtime/local/provider-fake/start.ts';
import { createLogger } from '../../runtime/logging.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm, type Term } from './term.ts';

/**
 * Canaries: names, addresses, words and keys that nobody else has, pushed through a term in which everything goes wrong,
 * and looked for wherever they must not be.
 */

const canaries = {
  name: 'Quillfeather Zanzibar-Ostrich',
  mail: 'quillfeather.canary@zanzibar.example.org',
  phone: '+12125559137',
  words: 'the heron whispered thrice at noon',
  note: 'xylophone marmalade forecast',
};

let world: Rehearsed;
let fake: ProviderFake;
let directory: string;
let term: Term;
let logged = '';
const refused: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tandem-canaries-'));
  fake = await startProviderFake({ directory, logger: quiet() });
  const { keys } = fake;
  world = await startRehearsed({
    logger: createLogger({ name: 'canaries', destination: collecting() }),
    channels: (publicUrl, clock) => ({
      ...carriedBy(
        sendGridChannel({
          apiKey: keys.sendgridApiKey,
          baseUrl: fake.sendgridUrl,
          from: { email: 'm@example.org' },
          timeoutMillis: 500,
          settleAfterSeconds: 2,
        }),
      ),
      sms: twilioChannel({
        accountSid: keys.twilioAccountSid,
        authToken: keys.twilioAuthToken,
        messagingServiceSid: keys.twilioMessagingServiceSid,
        baseUrl: fake.twilioUrl,
        publicUrl,
        now: clock.now,
        timeoutMillis: 500,
        settleAfterSeconds: 2,
      }),
    }),
  });
  await everythingGoesWrong();
}, 180_000);
afterAll(async () => {
  await world.stop();
  await fake.stop();
  await rm(directory, { recursive: true, force: true });
});

function collecting(): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      logged += String(chunk);
      done();
    },
  });
}

function quiet() {
  const logger = createLogger({ name: 'fake', destination: collecting() });
  logger.level = 'warn';
  return logger;
}

/** A request whose answer, whatever it is, is kept. */
async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<void> {
  const response = await fetch(`${world.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${world.key}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  if (response.status >= 400) refused.push(`${method} ${path.slice(0, 20)} ${await response.text()}`);
}

/** Two missed weeks, every refusal that providers know, words in every field that takes some, and bad input. */
async function everythingGoesWrong(): Promise<void> {
  fake.setPlan({
    faults: [
      { provider: 'twilio', requests: { last: 1 }, fault: { answer: 'twilioError', code: 21211 } },
      { provider: 'sendgrid', requests: { last: 1 }, fault: { answer: 'status', status: 400 } },
      { provider: 'sendgrid', requests: { last: 2 }, fault: { answer: 'reset', accepted: true } },
      { provider: 'sendgrid', requests: { last: 3 }, fault: { answer: 'html', status: 502 } },
    ],
  });
  term = await openTerm(world, { weeks: 5, endsAfterWeeks: 5 });
  const person = { name: canaries.name, email: canaries.mail, phone: canaries.phone, zone: 'America/New_York' };
  for (const role of ['mentor', 'mentee']) {
    const programs = [{ programId: term.programId, role }];
    await world.call('PUT', `/v1/people/${term.person(role)}`, { ...person, programs });
  }
  const consent = { granted: true, by: term.person('mentor'), source: canaries.note, wording: canaries.words };
  const at = new Date(await world.now()).toISOString();
  await world.call('PUT', `/v1/people/${term.person('mentor')}/consents/sms`, { ...consent, at });
  await term.event('flag.submitted', {
    by: 'mentor',
    topic: 'first-messages',
    priority: 'normal',
    text: canaries.words,
  });
  await term.event('meeting.recorded', {
    by: 'mentor',
    occurred: true,
    at,
    activity: canaries.words,
    place: canaries.note,
  });
  const opened = { kind: 'task', pairId: term.pairId(), reason: 'look', by: term.person('coord') };
  const made = await world.call('POST', '/v1/cases', opened);
  await world.call('POST', `/v1/cases/${made.id}:note`, { by: term.person('coord'), text: canaries.note });
  await badInput();
  await term.until(22, '12:00');
  // A database that refuses what it is given, with the row in its message.
  await execute(
    world.database,
    `alter table people add constraint canary check (name <> '${canaries.name}') not valid`,
  );
  await ask('PUT', `/v1/people/${term.person('other')}`, { ...person, programs: [] });
  await execute(world.database, 'alter table people drop constraint canary');
}

async function badInput(): Promise<void> {
  const { words, mail, phone, name, note } = canaries;
  const event = {
    specversion: '1.0',
    id: 'bad',
    source: 'platform',
    type: 'tandem.flag.submitted',
    subject: term.pairId(),
  };
  await ask('POST', '/v1/events', { ...event, time: words, data: { by: mail, text: words } });
  await ask('POST', '/v1/events', `{"text": "${words}`);
  await ask('POST', '/v1/events', { ...event, type: 'tandem.unheard.of', data: { text: words } });
  await ask('PUT', `/v1/people/${term.person('bad')}`, { name, email: `${mail} ${mail}`, phone: `${phone}99999999` });
  await ask('PUT', `/v1/people/${term.person('bad')}`, { name, guardianId: mail });
  await ask('PUT', `/v1/people/${encodeURIComponent(mail)}`, { name });
  await ask('GET', `/v1/messages?personId=${encodeURIComponent(mail)}`);
  await ask('PUT', `/v1/programs/${term.programId}/templates/class-reminder?channel=email`, {
    subject: words,
    body: `{{ ${'x'.repeat(3)} }} ${note}`,
  });
  await ask('PUT', `/v1/programs/${term.programId}`, {
    name: words,
    zone: note,
    policy: { classWeek: { completion: words } },
  });
  await ask('POST', '/v1/cases', { kind: words, reason: note, by: mail });
  await ask('GET', '/v1/pairs', undefined, { authorization: `Bearer ${words}` });
  for (const hook of ['sendgrid/events', 'twilio/status'])
    await ask('POST', `/webhooks/${hook}`, { email: mail, text: words });
}

/** Whatever a text holds of the canaries, or of the keys and passwords of this run, also in base64. */
function found(text: string, more: Record<string, string> = {}): string[] {
  const { sendgridApiKey, twilioAuthToken } = fake.keys;
  const secrets = { sendgridApiKey, twilioAuthToken, apiKey: world.key, database: new URL(world.databaseUrl).password };
  return Object.entries({ ...canaries, ...secrets, ...more })
    .filter(([, canary]) => canary !== '')
    .filter(([, canary]) =>
      [canary, encodeURIComponent(canary), JSON.stringify(canary).slice(1, -1)].some((form) => text.includes(form)),
    )
    .map(([name]) => name);
}

/** Payloads as they read: Temporal keeps them in base64. */
function decoded(key: string, value: unknown): unknown {
  return key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value;
}

async function histories(): Promise<string> {
  const owners = await queryRows<{ owner: string }>(world.database, 'select owner from says');
  const ids = [...owners.map(({ owner }) => owner), 'dispatch:people', 'dispatch:urgent'];
  const texts: string[] = [];
  for (const id of ids) {
    const handle = world.environment.client.workflow.getHandle(id);
    const history = await handle.fetchHistory().catch(() => null);
    const described = await handle.describe().catch(() => null);
    texts.push(JSON.stringify([history, described], decoded));
  }
  return texts.join('\n');
}

describe('canaries', () => {
  it('are in the ledger and at the providers: this term pushed them through', async () => {
    const sends = JSON.stringify(await queryRows(world.database, 'select subject, body, address from sends'));
    expect(found(sends)).toEqual(expect.arrayContaining(['name', 'mail']));
    expect(found(JSON.stringify(fake.journal()))).toEqual(expect.arrayContaining(['name', 'mail', 'phone']));
    const kept = JSON.stringify([
      await queryRows(world.database, 'select text from free_texts'),
      await queryRows(world.database, 'select text from case_entries'),
    ]);
    expect(found(kept)).toEqual(['words', 'note']);
    expect(refused.length).toBeGreaterThan(10);
    const states = await queryRows<{ state: string }>(world.database, 'select distinct state from messages');
    expect(states.map(({ state }) => state)).toEqual(expect.arrayContaining(['failed', 'sent']));
    expect(await term.cases()).toContain('escalation pair open');
  });

  it('are in no log, not even in one of an error', () => {
    expect(logged).toContain('"level":"error"');
    expect(found(logged)).toEqual([]);
  });

  it('are in no metric', async () => {
    const metrics = await (await fetch(`${world.url}/metrics`)).text();
    expect(metrics).toContain('tandem_dispatch_total');
    expect(found(metrics)).toEqual([]);
  });

  it('are in no body of a refusal', () => {
    for (const body of refused) expect(found(body), body).toEqual([]);
  });

  it('are in no history, memo or description of a workflow', async () => {
    const text = await histories();
    // That they are readable here shows in what they do hold.
    expect(text.includes('Example High School') && text.includes(term.pairId())).toBe(true);
    expect(found(text)).toEqual([]);
  });

  it('control: a name in a step would be found in the histories', async () => {
    const { client } = world.environment;
    await client.workflow.start('dispatchWorkflow', {
      workflowId: 'leak',
      taskQueue: 'nobody',
      args: [{ shard: canaries.name }],
    });
    await execute(world.database, `insert into says (owner, facts, at) values ('leak', 0, now())`);
    expect(found(await histories())).toEqual(['name']);
    await execute(world.database, `delete from says where owner = 'leak'`);
  });
});
