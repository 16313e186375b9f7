import { setTimeout as sleep } from 'node:timers/promises';
import { startChaosProxy } from './chaos-proxy.ts';
import type { Random } from './random.ts';
import type { SendingWorld } from './sending-world.ts';
import type { Tandem } from './tandem.ts';

/** The API that providers call back: one address, whichever process answers there. */
export interface CalledBackApi {
  url: string;
  /** The process that answers is killed; a while later another one answers, and a third gets ready to. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** Nobody answers for so many milliseconds: less than providers go on trying. */
const nobodyAnswers = 700;

export async function startCalledBackApi(world: SendingWorld, random: Random): Promise<CalledBackApi> {
  let [answering, next] = await Promise.all([world.startApi(), world.startApi()]);
  const address = await startChaosProxy(await portOf(answering), random);
  return {
    url: `http://127.0.0.1:${address.port}`,
    async crash() {
      const port = await portOf(next);
      await answering.kill();
      await sleep(nobodyAnswers);
      address.retarget(port);
      answering = next;
      next = await world.startApi();
    },
    stop: address.stop,
  };
}

async function portOf(api: Tandem): Promise<number> {
  return Number(new URL((await api.ready()).url ?? '').port);
}
