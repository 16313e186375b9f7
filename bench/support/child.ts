import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Scope } from './scope.ts';

/** A process that answers jobs, one after the other, and ends with its scope. */
export interface Child<Job, Result> {
  run(job: Job): Promise<Result>;
}

/** Starts a file beside this one in a process of its own, with these flags of Node. */
export function startChild<Job extends object, Result>(
  scope: Scope,
  file: string,
  flags: string[] = [],
): Child<Job, Result> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const child = fork(path, { execArgv: ['--import', 'tsx', ...flags], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with code ${code}`)));
  });
  ended.catch(() => undefined);
  scope.defer(async () => {
    // A worker's own handlers would keep it from ending by a gentler signal.
    child.kill('SIGKILL');
    await ended.catch(() => undefined);
  });
  const run = (job: Job): Promise<Result> => {
    const answered = new Promise<Result>((resolve, reject) => {
      child.once('message', (answer: { result: Result; error?: string }) => {
        if (answer.error) reject(new Error(answer.error));
        else resolve(answer.result);
      });
    });
    child.send(job);
    return Promise.race([answered, ended]);
  };
  return { run };
}
