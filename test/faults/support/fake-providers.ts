import type { Keys } from '../../../runtime/local/provider-fake/credentials.ts';
import type { Entry } from '../../../runtime/local/provider-fake/journal.ts';
import type { PlanInput } from '../../../runtime/local/provider-fake/plan.ts';
import { publicUrl } from './sending-channels.ts';
import type { Tandem, Tandems } from './tandem.ts';

/** The stand-in for both providers as a process of its own: what it has accepted outlives it. */
export interface FakeProviders {
  port: number;
  keys: Keys;
  /** What goes wrong from now on, if anything. */
  plan(plan?: PlanInput): Promise<void>;
  /** Where the program is that it calls back. */
  callBack(localUrl: string): Promise<void>;
  /** How many callbacks nobody took, and how many messages are not wholly told of yet. */
  callbacks(): Promise<{ refused: number; unaddressed: number; underWay: number }>;
  /** Every request so far. */
  journal(): Promise<Entry[]>;
  kill(): Promise<void>;
  /** Starts it again, under the same address. */
  start(): Promise<void>;
}

export async function startFakeProviders(tandems: Tandems, dataDirectory: string): Promise<FakeProviders> {
  const start = async (port: string): Promise<{ process: Tandem; controlUrl: string }> => {
    const process = await tandems.start('provider-fake', { dataDirectory, env: { PORT: port } });
    const { controlUrl } = (await process.ready()) as { controlUrl: string };
    return { process, controlUrl };
  };
  let running = await start('0');
  const { port } = new URL(running.controlUrl);
  const ask = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetch(`${running.controlUrl}${path}`, init);
    if (!response.ok)
      throw new Error(`the provider fake answered ${response.status} to ${path}: ${await response.text()}`);
    return response;
  };
  const give = async (path: string, method: string, body: unknown): Promise<void> => {
    const headers = { 'content-type': 'application/json' };
    await ask(path, { method, headers, body: JSON.stringify(body) });
  };
  return {
    port: Number(port),
    keys: (await (await ask('/keys')).json()) as Keys,
    plan: (plan = {}) => give('/plan', 'PUT', plan),
    callBack: (localUrl) => give('/webhooks', 'POST', { publicUrl, localUrl }),
    async callbacks() {
      return (await (await ask('/callbacks')).json()) as { refused: number; unaddressed: number; underWay: number };
    },
    async journal() {
      return ((await (await ask('/journal')).json()) as { items: Entry[] }).items;
    },
    kill: () => running.process.kill(),
    async start() {
      running = await start(port);
    },
  };
}
