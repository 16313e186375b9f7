import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundleDirectory = join(root, 'dist');
/** Everything that the bundle is made of; a change in any of it, or in how it is made, makes another bundle. */
const sources = ['policy', 'workflows'];
const recipe = ['package-lock.json', 'worker/bundle.ts'];

/** Digest of all the sources, the locked dependencies and this file. */
async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of sources) {
    const entries = await readdir(join(root, folder), { recursive: true });
    for (const name of entries.filter((entry) => entry.endsWith('.ts')).sort()) {
      hash.update(name).update(await readFile(join(root, folder, name)));
    }
  }
  for (const name of recipe) hash.update(await readFile(join(root, name)));
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
  const workflowsPath = join(root, 'workflows', 'index.ts');
  return bundleWorkflowCode({
    workflowsPath,
    // Evaluated once and shared by all workflows of a worker: no module of ours keeps anything of a workflow, and
    // evaluating all of them anew is the larger part of what a workflow costs.
    preloadModules: [workflowsPath],
    logger: { trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error, log: quiet },
  });
}
