import { condition, setHandler, sleep } from '@temporalio/workflow';
import { eventsRecorded, type PairInput } from '../../workflows/messages.ts';
import { local } from '../../workflows/perform.ts';

/** A pair that waits before it reads its documents: no run of the real one can go on with it. */
export async function pairWorkflow(input: PairInput): Promise<void> {
  setHandler(eventsRecorded, () => undefined);
  await sleep('1 minute');
  await local.openPair({ pairId: input.pairId });
  await condition(() => false);
}
