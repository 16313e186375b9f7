import { type Bare, startBare } from '../support/bare.ts';
import { type Child, startChild } from '../support/child.ts';
import { atMost, type Figure, rate } from '../support/figures.ts';
import type { LoadResult, PostJob, SignalJob } from '../support/load.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, until } from '../support/section.ts';
import { documentOf, pairIdsOf, seedPairs, seedProgram, weeklyCalendar } from '../support/seed.ts';
import { type Servers, startServers } from '../support/servers.ts';
import { journalApplied, startTandem, type Tandem } from '../support/tandem.ts';

const concurrency = 64;

/** Waves of targets; a wave is sent when the one before it was worked through. */
type Waves = number[][];

interface Measured {
  /** Per second: accepted, and worked through from the first request on. */
  accepted: number;
  processed: number;
  p99: number;
}

type Load = Child<PostJob | SignalJob, LoadResult>;

/** A burst of events over HTTP beside the same burst of bare signals: how fast it is accepted, and worked through. */
export async function ingest(bench: Bench): Promise<Figure[]> {
  const pairs = bench.quick ? 50 : 500;
  const waves = 4;
  const few = pairs / 10;
  const all = targets(pairs, pairs);
  const shapes = {
    // A server that has run for a while has its code compiled; the first two thousand requests cost twice as much.
    warmUp: [targets(pairs * 2, pairs)],
    burst: [targets(pairs * waves, pairs)],
    distinct: Array.from({ length: waves }, () => all),
    few: [targets(pairs * waves, few)],
  };
  return inScope(async (scope) => {
    const servers = await startServers(scope);
    const load: Load = startChild(scope, 'load.ts');
    const raw = await measureRaw(bench, servers, load, shapes);
    const tandem = await measureTandem(bench, servers, load, shapes);
    const events = pairs * waves;
    return [
      rate(`${events} events at once: accepted`, tandem.burst.accepted, raw.burst.accepted, 3),
      atMost('  99 % of the answers within', tandem.burst.p99, 1000, 'ms', 0),
      rate(`  of ${pairs} pairs: applied`, tandem.burst.processed, raw.burst.processed, 0.8),
      rate(`  one event per pair, ${waves} times: applied`, tandem.distinct.processed, raw.distinct.processed, 0.8),
      rate(`  of ${few} pairs: applied`, tandem.few.processed, raw.few.processed, 1),
    ];
  });
}

type Shapes = Record<'warmUp' | 'burst' | 'distinct' | 'few', Waves>;

function targets(events: number, among: number): number[] {
  return Array.from({ length: events }, (_, index) => index % among);
}

async function measureRaw(bench: Bench, servers: Servers, load: Load, shapes: Shapes) {
  return inScope(async (scope) => {
    bench.say('bare workflows');
    const bare = await startBare(scope, servers);
    const ids = pairIdsOf('bare', (shapes.distinct[0] as number[]).length);
    await bare.start('bareCounter', ids, []);
    const run = (waves: Waves): Promise<Measured> => signalled(servers, load, bare, ids, waves);
    await run(shapes.warmUp);
    return { burst: await run(shapes.burst), distinct: await run(shapes.distinct), few: await run(shapes.few) };
  });
}

async function signalled(servers: Servers, load: Load, bare: Bare, ids: string[], waves: Waves): Promise<Measured> {
  return overWaves(waves, async (wave) => {
    const handled = bare.seen.ticked + wave.length;
    const workflowIds = wave.map((target) => ids[target] as string);
    const result = await load.run({ kind: 'signal', address: servers.address, workflowIds, concurrency });
    await until('signals handled', () => bare.seen.ticked >= handled, { everyMillis: 10 });
    return result;
  });
}

async function measureTandem(bench: Bench, servers: Servers, load: Load, shapes: Shapes) {
  return inScope(async (scope) => {
    const tandem = await startTandem(scope, servers);
    const ids = pairIdsOf('pair', (shapes.distinct[0] as number[]).length);
    const calendar = weeklyCalendar(Date.now(), 1, 36);
    await seedProgram(tandem.database, documentOf(calendar.zone, {}), calendar, Date.now());
    await seedPairs(tandem.database, ids, Date.now());
    await journalApplied(tandem);
    bench.say('Tandem');
    const run = (waves: Waves): Promise<Measured> => posted(tandem, load, ids, waves);
    await run(shapes.warmUp);
    return { burst: await run(shapes.burst), distinct: await run(shapes.distinct), few: await run(shapes.few) };
  });
}

let sent = 0;

function eventFor(pairId: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `event_${sent++}`,
    source: 'https://platform.example.org/bench',
    type: 'tandem.lesson.completed',
    subject: pairId,
    time: new Date().toISOString(),
    data: { by: 'mentor' },
  });
}

async function posted(tandem: Tandem, load: Load, ids: string[], waves: Waves): Promise<Measured> {
  return overWaves(waves, async (wave) => {
    const bodies = wave.map((target) => eventFor(ids[target] as string));
    const result = await load.run({
      kind: 'post',
      url: `${tandem.url}/v1/events`,
      key: tandem.key,
      bodies,
      concurrency,
    });
    if (result.failed > 0) throw new Error(`${result.failed} events were not accepted`);
    await journalApplied(tandem);
    return result;
  });
}

async function overWaves(waves: Waves, send: (wave: number[]) => Promise<LoadResult>): Promise<Measured> {
  let accepting = 0;
  let p99 = 0;
  const began = performance.now();
  for (const wave of waves) {
    const result = await send(wave);
    accepting += result.seconds;
    p99 = Math.max(p99, result.p99);
  }
  const processing = (performance.now() - began) / 1000;
  const count = waves.flat().length;
  return { accepted: count / accepting, processed: count / processing, p99 };
}
