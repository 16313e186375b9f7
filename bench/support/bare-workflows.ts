import {
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  proxySinks,
  setHandler,
  sleep,
} from '@temporalio/workflow';

/** What Temporal does by itself, with nothing of Tandem in it: the floor that the servers set. */

export const ticked = defineSignal('ticked');
export const getTicks = defineQuery<number>('getTicks');

const { bench } = proxySinks<{ bench: { started(): void; ticked(): void } }>();
const { touch } = proxyActivities<{ touch(): Promise<void> }>({ startToCloseTimeout: '60s' });

/** Counts its signals, for ever. */
export async function bareCounter(): Promise<void> {
  let ticks = 0;
  setHandler(ticked, () => {
    ticks++;
    bench.ticked();
  });
  setHandler(getTicks, () => ticks);
  bench.started();
  await condition(() => false);
}

/** One timer until `at`, then one activity. */
export async function bareTimer(at: number): Promise<void> {
  bench.started();
  await sleep(Math.max(1, at - Date.now()));
  await touch();
}
