import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startEmbeddedPostgres } from '../../runtime/local/embedded-postgres.ts';
import { chooseIdentity } from '../../runtime/local/identity.ts';
import { findProgram } from '../../runtime/local/processes.ts';
import { temporaryDirectory } from './spawned.ts';

/** Lets only these programs of the machine be found. */
async function onlyPrograms(...names: string[]): Promise<void> {
  const directory = await temporaryDirectory();
  for (const name of names) await symlink(findProgram(name) as string, join(directory, name));
  vi.stubEnv('PATH', directory);
}

/** The temporary directory is one that only its owner, here root, may enter. */
describe.runIf(process.platform === 'linux' && process.geteuid?.() === 0)(
  'PostgreSQL for root',
  { timeout: 60_000 },
  () => {
    afterEach(() => {
      vi.unstubAllEnvs();
    });

    it('runs by a capability where namespaces are not available', async () => {
      const dataDirectory = await temporaryDirectory();
      await onlyPrograms('id', 'sh', 'setpriv');
      const server = await startEmbeddedPostgres({ dataDirectory, durable: false });
      await server.stop();
      expect((await chooseIdentity(dataDirectory, findProgram('id') as string)).prefix[0]).toBe('setpriv');
    });

    it('a cluster made one way is used another way later', async () => {
      const dataDirectory = await temporaryDirectory();
      await onlyPrograms('id', 'sh', 'setpriv');
      await (await startEmbeddedPostgres({ dataDirectory, durable: false })).stop();
      vi.unstubAllEnvs();
      await (await startEmbeddedPostgres({ dataDirectory, durable: false })).stop();
    });

    it('fails with the remedy when no way works', async () => {
      const dataDirectory = await temporaryDirectory();
      await onlyPrograms('id', 'sh');
      await expect(startEmbeddedPostgres({ dataDirectory })).rejects.toThrow(/ordinary user, or set DATABASE_URL/);
    });
  },
);
