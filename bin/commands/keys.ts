import { parseArgs } from 'node:util';
import { openDatabase } from '../../prisma/database.ts';
import { createKey, listKeys, revokeKey, type Scope, scopes } from '../../prisma/store/keys.ts';
import type { Settings } from '../../runtime/settings.ts';

const usage = `usage: tandem keys create --name <name> --scopes <${scopes.join(',')}> [--programs <ids>] [--expires <instant>]
       tandem keys list
       tandem keys revoke <id>`;

/** Makes, lists and revokes API keys: the bootstrap of an installation with a database of its own (`DATABASE_URL`). */
export async function keys(settings: Settings, [verb, ...rest]: string[]): Promise<void> {
  if (!settings.databaseUrl)
    throw new Error('keys needs DATABASE_URL; the embedded installation prints its key at start');
  const database = openDatabase(settings.databaseUrl, { applicationName: 'tandem-keys', maxConnections: 1 });
  try {
    if (verb === 'create') console.log(JSON.stringify(await createKey(database, newKey(rest), new Date())));
    else if (verb === 'list') for (const key of await listKeys(database)) console.log(JSON.stringify(key));
    else if (verb === 'revoke' && rest[0]) {
      if (!(await revokeKey(database, rest[0], new Date()))) throw new Error(`there is no key ${rest[0]} to revoke`);
    } else throw new Error(usage);
  } finally {
    await database.close();
  }
}

function newKey(args: string[]): Parameters<typeof createKey>[1] {
  const options = {
    name: { type: 'string' },
    scopes: { type: 'string' },
    programs: { type: 'string' },
    expires: { type: 'string' },
  } as const;
  const { values } = parseArgs({ args, options });
  const wanted = (values.scopes ?? '').split(',').filter(Boolean);
  const unknown = wanted.filter((scope) => !scopes.includes(scope as Scope));
  if (!values.name || wanted.length === 0 || unknown.length > 0) throw new Error(usage);
  const expiresAt = values.expires ? new Date(values.expires) : undefined;
  if (expiresAt && Number.isNaN(expiresAt.getTime())) throw new Error('--expires must be an RFC 3339 instant');
  return {
    name: values.name,
    scopes: wanted as Scope[],
    ...(values.programs ? { programIds: values.programs.split(',') } : {}),
    ...(expiresAt ? { expiresAt } : {}),
  };
}
