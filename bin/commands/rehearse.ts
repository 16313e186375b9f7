import { startRehearsal } from '../rehearsal.ts';
import type { Stack } from '../stack.ts';

/** A rehearsal for integrators: prints the banner and the `ready` line. */
export async function rehearsal(options: { port: number; print: (line: string) => void }): Promise<Stack> {
  const rehearsed = await startRehearsal({ port: options.port });
  options.print('Rehearsal        a virtual clock and a throw-away database; nothing leaves this machine');
  options.print(`Clock            ${new Date(await rehearsed.now()).toISOString()}, moved by POST /rehearsal/clock`);
  options.print(`ready ${JSON.stringify({ url: rehearsed.url, key: rehearsed.key })}`);
  return rehearsed;
}
