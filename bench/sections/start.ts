import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { atMost, type Figure } from '../support/figures.ts';
import { inScope } from '../support/scope.ts';
import { type Bench, seconds } from '../support/section.ts';
import { temporaryDirectory } from '../support/servers.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const targetSeconds = 10;
const readyWithinMillis = 120_000;

/** Seconds until `npm start` can be used, on empty data and on what an earlier start left. */
export async function start(bench: Bench): Promise<Figure[]> {
  return inScope(async (scope) => {
    const directory = await temporaryDirectory(scope);
    bench.say('first start');
    const first = await startOnce(directory);
    bench.say('second start');
    const second = await startOnce(directory);
    return [
      { what: 'first npm start until ready', tandem: `${first.toFixed(1)} s` },
      atMost('second npm start until ready', second, targetSeconds, 's'),
    ];
  });
}

/** Starts, waits for the line that says it is ready, and ends it as Ctrl-C in a terminal would. */
async function startOnce(directory: string): Promise<number> {
  return inScope(async (scope) => {
    const env = { ...process.env, TANDEM_DATA_DIR: directory, PORT: '0' };
    const child = spawn('npm', ['start', '--silent'], {
      cwd: root,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    scope.defer(async () => {
      if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGINT');
      await ended;
    });
    return seconds(
      () =>
        new Promise<void>((resolve, reject) => {
          let output = '';
          child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
            output += chunk;
            if (/^ready /m.test(output)) resolve();
          });
          child.once('exit', (code) => reject(new Error(`npm start ended with code ${code}`)));
          setTimeout(() => reject(new Error('npm start was not ready in time')), readyWithinMillis).unref();
        }),
    );
  });
}
