import { Agent, request } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { inPool } from './pool.ts';

/** The load generator: a process of its own, so that it takes no turn from the event loop that it measures. */

export interface PostJob {
  kind: 'post';
  url: string;
  key: string;
  bodies: string[];
  concurrency: number;
}

export interface SignalJob {
  kind: 'signal';
  address: string;
  workflowIds: string[];
  concurrency: number;
}

export interface LoadResult {
  /** From the first request to the last answer. */
  seconds: number;
  failed: number;
  /** Milliseconds to the answer. */
  median: number;
  p99: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const clients = new Map<string, Promise<Client>>();

function post(job: PostJob, body: string): Promise<boolean> {
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `Bearer ${job.key}`,
    'Content-Length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const sent = request(job.url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 202));
    });
    sent.once('error', reject);
    sent.end(body);
  });
}

async function connect(address: string): Promise<Client> {
  return new Client({ connection: await Connection.connect({ address }) });
}

async function run(job: PostJob | SignalJob): Promise<LoadResult> {
  if (job.kind === 'post') {
    return timed(job.bodies.length, job.concurrency, (index) => post(job, job.bodies[index] as string));
  }
  let client = clients.get(job.address);
  if (!client) {
    client = connect(job.address);
    clients.set(job.address, client);
  }
  const { workflow } = await client;
  return timed(job.workflowIds.length, job.concurrency, async (index) => {
    await workflow.getHandle(job.workflowIds[index] as string).signal('ticked');
    return true;
  });
}

async function timed(
  count: number,
  concurrency: number,
  one: (index: number) => Promise<boolean>,
): Promise<LoadResult> {
  const millis: number[] = [];
  let failed = 0;
  const began = performance.now();
  await inPool(count, concurrency, async (index) => {
    const sent = performance.now();
    const accepted = await one(index).catch(() => false);
    if (!accepted) failed++;
    millis.push(performance.now() - sent);
  });
  const seconds = (performance.now() - began) / 1000;
  millis.sort((a, b) => a - b);
  const at = (share: number): number => millis[Math.min(millis.length - 1, Math.floor(millis.length * share))] ?? 0;
  return { seconds, failed, median: at(0.5), p99: at(0.99) };
}

process.on('message', (job: PostJob | SignalJob) => {
  run(job).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
