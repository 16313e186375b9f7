import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Keys } from '../../runtime/local/provider-fake/credentials.ts';
import { startProviderFake } from '../../runtime/local/provider-fake/start.ts';

/** The provider fake in a process of its own, so that it takes no turn from the event loop that it measures. */

export type FakeJob = { kind: 'start' } | { kind: 'count' };

export interface FakeResult {
  sendgridUrl: string;
  twilioUrl: string;
  keys: Keys;
  /** Sends that were accepted, and how many different ones. */
  accepted: number;
  different: number;
}

const fake = await startProviderFake({ directory: await mkdtemp(join(tmpdir(), 'tandem-bench-fake-')) });

process.on('message', () => {
  const accepted = fake.journal().filter((entry) => entry.accepted);
  const { sendgridUrl, twilioUrl, keys } = fake;
  const different = new Set(accepted.map((entry) => entry.sendId)).size;
  const result: FakeResult = { sendgridUrl, twilioUrl, keys, accepted: accepted.length, different };
  process.send?.({ result });
});
