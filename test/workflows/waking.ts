import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { createWake } from '../../workflows/wake.ts';

export const poke = defineSignal('poke');

/** Waits so many rounds for a signal or for the next whole ten seconds; answers how many rounds it woke. */
export async function wakingWorkflow(rounds: number): Promise<number> {
  let pokes = 0;
  const wake = createWake();
  setHandler(poke, () => {
    pokes++;
    wake.ring();
  });
  let woken = 0;
  for (; woken < rounds; woken++) {
    const before = pokes;
    const deadline = Math.floor(Date.now() / 10_000 + 1) * 10_000;
    while (Date.now() < deadline && pokes === before) await wake.wait(deadline, () => pokes > before);
  }
  return woken;
}

/** The same with a timer that is cancelled when the signal comes first. */
export async function cancellingWorkflow(rounds: number): Promise<number> {
  let pokes = 0;
  setHandler(poke, () => {
    pokes++;
  });
  let woken = 0;
  for (; woken < rounds; woken++) {
    const before = pokes;
    const deadline = Math.floor(Date.now() / 10_000 + 1) * 10_000;
    await condition(() => pokes > before, deadline - Date.now());
  }
  return woken;
}
