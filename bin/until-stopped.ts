import type { Stack } from './stack.ts';

/** Runs a stack until SIGINT or SIGTERM, then stops it and exits; exits non-zero when a part of it fails. */
export async function untilStopped(start: () => Promise<Stack>): Promise<void> {
  let asked = false;
  let wanted: () => void = () => undefined;
  const signalled = new Promise<void>((resolve) => {
    wanted = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (!asked) console.error('stopping');
      asked = true;
      wanted();
    });
  }
  const stack = await start();
  const failure = stack.failed.catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : 'a part of Tandem failed');
    process.exitCode = 1;
  });
  await Promise.race([signalled, failure]);
  await stack.stop();
  process.exit();
}
