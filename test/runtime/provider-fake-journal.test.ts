import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { PlanInput } from '../../runtime/local/provider-fake/plan.ts';
import type { ProviderFake } from '../../runtime/local/provider-fake/start.ts';
import {
  aMail,
  aText,
  calledProgram,
  failureOf,
  providerFake,
  sendgridOf,
  twilioOf,
} from '../support/provider-clients.ts';
import { firstLine, temporaryDirectory } from './spawned.ts';

const ROOT = join(import.meta.dirname, '..', '..');

interface Spawned {
  fake: Pick<ProviderFake, 'sendgridUrl' | 'twilioUrl' | 'controlUrl' | 'keys'>;
  child: ChildProcess;
}

/** `tandem provider-fake` in a process of its own, with a plan. */
async function spawnedFake(dataDirectory: string, plan: PlanInput = {}): Promise<Spawned> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'bin/tandem.ts', 'provider-fake'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, PORT: '0', TANDEM_DATA_DIR: dataDirectory },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => killed(child));
  const urls = JSON.parse((await firstLine(child)).replace(/^ready /, ''));
  const keys = await (await fetch(`${urls.controlUrl}/keys`)).json();
  const headers = { 'Content-Type': 'application/json' };
  await fetch(`${urls.controlUrl}/plan`, { method: 'PUT', headers, body: JSON.stringify(plan) });
  return { fake: { ...urls, keys }, child };
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

const linesOf = async (dataDirectory: string) =>
  (await readFile(join(dataDirectory, 'provider-fake', 'journal.ndjson'), 'utf8').catch(() => ''))
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { sendId: string; accepted: boolean });

describe('the journal of the provider fake', () => {
  it('has the line before the answer leaves: it is there after a kill between the two', async () => {
    const directory = await temporaryDirectory();
    const { fake, child } = await spawnedFake(directory, { faults: [{ fault: { answer: 'hang' } }] });
    const sends = [
      failureOf(sendgridOf(fake, { timeout: 20_000 }).mail.send(aMail())),
      failureOf(twilioOf(fake, { timeout: 20_000 }).messages.create(aText(fake, '+15005550010', 'snd_2'))),
    ];
    await expect.poll(async () => (await linesOf(directory)).length, { timeout: 15_000 }).toBe(2);
    await killed(child);
    expect((await Promise.all(sends)).map(({ code }) => code)).toEqual(['ECONNRESET', 'ECONNRESET']);
    const again = (await spawnedFake(directory)).fake;
    const found = await sendgridOf(again).client.request({
      method: 'GET',
      url: '/v3/messages',
      qs: { query: `unique_args['tandem_send']="snd_1"` },
    });
    expect(found[1].messages).toHaveLength(1);
    expect(await twilioOf(again).messages.list({ to: '+15005550010' })).toHaveLength(1);
  });

  it('has no line for what was to be accepted after the kill', async () => {
    const directory = await temporaryDirectory();
    const fault = { answer: 'reset', acceptedAfterMs: 60_000 } as const;
    const { fake, child } = await spawnedFake(directory, { faults: [{ fault }] });
    expect((await failureOf(sendgridOf(fake).mail.send(aMail()))).code).toBe('ECONNRESET');
    await killed(child);
    expect(await linesOf(directory)).toEqual([]);
  });

  it('counts every answered send under kills: each 202 and 201 that came is a line', async () => {
    const directory = await temporaryDirectory();
    const answered: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      const { fake, child } = await spawnedFake(directory);
      const [{ mail }, texts] = [sendgridOf(fake), twilioOf(fake).messages];
      const sending = Array.from({ length: 40 }, async (_, index) => {
        const sendId = `snd_${round}_${index}`;
        await (index % 2 ? mail.send(aMail('ana@example.org', sendId)) : texts.create(aText(fake, undefined, sendId)));
        answered.push(sendId);
        if (answered.length % 20 === 0) await killed(child);
      });
      await Promise.allSettled(sending);
    }
    expect(answered.length).toBeGreaterThan(20);
    const lines = (await linesOf(directory)).map(({ sendId }) => sendId);
    expect(answered.filter((sendId) => !lines.includes(sendId))).toEqual([]);
  });

  it('is read again by the next process, half a line aside', async () => {
    const directory = await temporaryDirectory();
    const first = await providerFake({ directory });
    await twilioOf(first).messages.create(aText(first));
    await first.stop();
    await appendFile(join(directory, 'journal.ndjson'), '{"at":"2026-');
    const second = await providerFake({ directory });
    expect(second.keys).toEqual(first.keys);
    await twilioOf(second).messages.create(aText(second, '+15005550010', 'snd_2'));
    expect((await twilioOf(second).messages.list({ to: '+15005550010' })).length).toBe(2);
    await second.stop();
    const third = await providerFake({ directory });
    expect(third.journal().map(({ sendId }) => sendId)).toEqual(['snd_1', 'snd_2']);
  });

  it('tells after a restart what was due later', async () => {
    const directory = await temporaryDirectory();
    const program = await calledProgram();
    const plan: PlanInput = {
      deliveries: [{ provider: 'twilio', reports: [{ status: 'queued' }, { status: 'delivered', afterMs: 3000 }] }],
    };
    const first = await providerFake({ directory, plan, webhooks: program.webhooks });
    await twilioOf(first).messages.create(aText(first));
    await expect.poll(() => program.calls.length, { timeout: 2500 }).toBe(1);
    await first.stop();
    const second = await providerFake({ directory, webhooks: program.webhooks });
    await second.settled();
    expect(program.calls.map(({ body }) => new URLSearchParams(body.toString()).get('MessageStatus'))).toEqual([
      'queued',
      'delivered',
    ]);
  });

  it('belongs to one process at a time', async () => {
    const directory = await temporaryDirectory();
    await providerFake({ directory });
    await expect(providerFake({ directory })).rejects.toThrow(/already runs/);
  });
});

describe('the command', () => {
  it('stops cleanly on SIGTERM, and prints nobody’s address', async () => {
    const { fake, child } = await spawnedFake(await temporaryDirectory());
    let printed = '';
    child.stdout?.on('data', (chunk) => {
      printed += chunk;
    });
    await sendgridOf(fake).mail.send(aMail());
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    expect([code, printed]).toEqual([0, '']);
  });
});
