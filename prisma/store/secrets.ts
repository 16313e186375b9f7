import { randomBytes } from 'node:crypto';
import { type Database, queryRows } from '../database.ts';

/** A key of this installation by name, made at its first use. Every process reads the same one. */
export async function installationSecret(database: Database, name: string): Promise<string> {
  const [row] = await queryRows<{ secret: string }>(
    database,
    `insert into secrets (name, secret) values ($1, $2)
     on conflict (name) do update set secret = secrets.secret returning secret`,
    name,
    randomBytes(32).toString('base64url'),
  );
  return (row as { secret: string }).secret;
}
