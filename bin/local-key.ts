import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../prisma/database.ts';
import { createKey, findKeyByHash, hashOfKey, scopes } from '../prisma/store/keys.ts';

/** The local administrator's key: made at the first start and kept in the data directory, readable by its owner only. */
export async function localKey(database: Database, dataDirectory: string, now: number): Promise<string> {
  const path = join(dataDirectory, 'administrator.key');
  const kept = await readFile(path, 'utf8').catch(() => null);
  if (kept) {
    const found = await findKeyByHash(database, hashOfKey(kept.trim()));
    if (found && found.revokedAt === null) return kept.trim();
  }
  const { key } = await createKey(database, { name: 'local administrator', scopes: [...scopes] }, new Date(now));
  await writeFile(`${path}.new`, `${key}\n`, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
  return key;
}
