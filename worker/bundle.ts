import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundleDirectory = join(root, 'dist');
/** Everything that the bundle is made of; a change in any of it makes another bundle. */
const sources = ['policy', 'workflows'];
const shared = ['time.ts', 'pair/decide.ts', 'pair/say.ts', 'pair/take-up.ts', 'pair/commands.ts', 'program/decide.ts'];

/** Digest of all the sources and the locked dependencies. */
async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of sources) {
    const entries = await readdir(join(root, folder), { recursive: true });
    for (const name of entries.filter((entry) => entry.endsWith('.ts')).sort()) {
      hash.update(name).update(await readFile(join(root, folder, name)));
    }
  }
  hash.update(await readFile(join(root, 'package-lock.json')));
  return hash.digest('hex').slice(0, 20);
}

/** The workflow bundle for the sources as they are: made once, and kept until they change. */
export async function workflowBundle(): Promise<{ code: string; path: string }> {
  const path = join(bundleDirectory, `workflows-${await digestOfSources()}.js`);
  try {
    return { code: await readFile(path, 'utf8'), path };
  } catch {
    const { code } = await makeBundle();
    await mkdir(bundleDirectory, { recursive: true });
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, code);
    await rename(unfinished, path);
    return { code, path };
  }
}

function makeBundle(): Promise<WorkflowBundleWithSourceMap> {
  const quiet = (): void => undefined;
  return bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    // Evaluated once and shared by all workflows of a worker: decisions are pure, and a copy of the civil-time library
    // alone costs each workflow four times as much.
    preloadModules: shared.map((name) => join(root, 'policy', name)),
    logger: { trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error, log: quiet },
  });
}
