import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type RenewalParts, renewPairs } from '../../bin/renewal.ts';
import { DAY } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { getPair, getPlan } from '../../workflows/messages.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm, type Term } from './term.ts';

const names = ['ada', 'bea', 'cem', 'dov', 'eva'];
let world: Rehearsed;
let term: Term;

beforeAll(async () => {
  world = await startRehearsed();
  term = await openTerm(world, { weeks: 6, withoutPair: true });
  for (const name of names) {
    await term.putPerson(`mentee_${name}`);
    await term.openPair(name, { mentee: `mentee_${name}` });
  }
  await term.until(9, '12:00');
  await term.lesson({}, { pair: 'ada' });
});
afterAll(() => world.stop());

function renewed(given: Partial<RenewalParts> = {}) {
  const { database, environment } = world;
  const usual = { perSecond: 1000, after: null, stop: new AbortController().signal, print: () => undefined };
  return renewPairs({ database, client: environment.client, ...usual, ...given });
}

const handleOf = (name: string) => world.environment.client.workflow.getHandle(term.workflowId(name));

async function runsOf(): Promise<Record<string, string>> {
  const runs = await Promise.all(names.map(async (name) => [name, (await handleOf(name).describe()).runId] as const));
  return Object.fromEntries(runs);
}

/** The pairs whose run is another than before. */
async function changedSince(before: Record<string, string>): Promise<string[]> {
  const now = await runsOf();
  return names.filter((name) => now[name] !== before[name]);
}

/** What a pair is and what it means to do; a new run begins with what was before the last 60 days forgotten. */
function pairsAsTheyAre(): Promise<unknown[]> {
  const now = term.at(9, '13:00');
  const asItIs = async (name: string): Promise<unknown> => ({
    view: await handleOf(name).query(getPair, now),
    plan: await handleOf(name).query(getPlan, now, now + 30 * DAY),
    carried: JSON.parse(JSON.stringify(await term.carried(name)), (key, value) => key === 'forgottenBefore' || value),
  });
  return Promise.all(names.map(asItIs));
}

describe('tandem renew', () => {
  it('a pair that is asked begins a new run with the same state, context and plan; one that is not keeps its run', async () => {
    const [before, asTheyWere] = [await runsOf(), await pairsAsTheyAre()];
    expect(await renewed({ after: term.pairId('bea') })).toMatchObject({ signalled: 3, remaining: 0, withoutRun: 0 });
    await vi.waitFor(async () => expect(await changedSince(before)).toEqual(['cem', 'dov', 'eva']), 10_000);
    expect(await pairsAsTheyAre()).toEqual(asTheyWere);
    expect(await changedSince(before), 'control: not asked').toEqual(['cem', 'dov', 'eva']);
  });

  it('renewed pairs go on to say what the others say, each reminder once', async () => {
    const before = await runsOf();
    await renewed();
    await vi.waitFor(async () => expect(await changedSince(before)).toEqual(names), 10_000);
    await term.until(13, '20:00');
    const sent = await world.call('GET', `/v1/messages?programId=${term.programId}&state=sent&limit=200`);
    const texts = (sent.items as Array<{ key: string; pairIds: string[] }>).filter(({ key }) =>
      key.endsWith(`${term.date(7)}/class-text`),
    );
    expect(texts.flatMap(({ pairIds }) => pairIds).sort()).toEqual(names.slice(1).map((name) => term.pairId(name)));
  });

  it('keeps its pace, and prints how many remain', async () => {
    const lines: string[] = [];
    const began = performance.now();
    await renewed({ perSecond: 20, print: (line) => lines.push(line) });
    expect(performance.now() - began).toBeGreaterThan(200);
    expect(lines).toEqual([`5 pairs signalled, 0 remain, last ${term.pairId('eva')}`]);
  });

  it('stops between two pairs, and goes on after the last one', async () => {
    const before = await runsOf();
    const stopping = new AbortController();
    const first = renewed({ perSecond: 1, stop: stopping.signal });
    await vi.waitFor(async () => expect((await changedSince(before)).length).toBeGreaterThanOrEqual(2), 10_000);
    stopping.abort();
    const { last, signalled, remaining } = await first;
    expect({ last, remaining }).toEqual({ last: term.pairId(names[signalled - 1]), remaining: 5 - signalled });
    expect(remaining).toBeGreaterThan(0);
    expect((await renewed({ after: last })).signalled).toBe(remaining);
    await vi.waitFor(async () => expect(await changedSince(before)).toEqual(names), 10_000);
  });

  it('SIGINT ends the command between two pairs, and it says how to go on', async () => {
    const before = await runsOf();
    const env = {
      ...process.env,
      DATABASE_URL: world.databaseUrl,
      TEMPORAL_ADDRESS: world.environment.address,
    };
    const command = spawn(process.execPath, ['--import', 'tsx', 'bin/tandem.ts', 'renew', '--per-second', '1'], {
      env,
    });
    const said = text(command.stdout);
    const ended = once(command, 'exit');
    onTestFinished(() => void command.kill('SIGKILL'));
    await vi.waitFor(async () => expect(await changedSince(before)).toEqual(['ada', 'bea']), 20_000);
    command.kill('SIGINT');
    expect(await ended).toEqual([1, null]);
    expect(await said).toMatch(
      /^\d pairs signalled, 0 had no run, \d remain\ngo on with: tandem renew --after t1_\w+$/m,
    );
  });

  it('a closed pair whose run has ended is left alone, and one whose run is lost does not stop the others', async () => {
    await handleOf('cem').terminate();
    await execute(world.database, 'update pairs set completed_at = created_at where id = $1', term.pairId('dov'));
    expect(await renewed()).toMatchObject({ signalled: 3, withoutRun: 1, remaining: 0 });
  });
});
