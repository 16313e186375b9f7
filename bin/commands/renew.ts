import { parseArgs } from 'node:util';
import { openDatabase } from '../../prisma/database.ts';
import type { Settings } from '../../runtime/settings.ts';
import { connectTemporalClient } from '../../runtime/temporal-connection.ts';
import { howToGoOn, renewPairs, renewRequests } from '../renewal.ts';

const usage = `usage: tandem renew [--per-second <1 to 1000>] [--after <pair id>]`;
const usualPace = 20;

/**
 * After a deploy: open runs begin new ones, so that pairs and requests decide under the new release's rules. Stops between two pairs
 * on SIGINT or SIGTERM, and then exits with 1 if some remain.
 *
 * @throws {Error} when the settings name no installation, or the arguments are faulty
 */
export async function renew({ databaseUrl, temporal }: Settings, args: string[]): Promise<void> {
  const { perSecond, after } = readArguments(args);
  if (!databaseUrl || !temporal) {
    throw new Error(
      'renew needs DATABASE_URL and TEMPORAL_ADDRESS; on one machine pairs begin new runs as theirs get long',
    );
  }
  const stopping = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stopping.abort());
  const database = openDatabase(databaseUrl, { applicationName: 'tandem-renew', maxConnections: 1 });
  try {
    const client = await connectTemporalClient(temporal);
    const print = (line: string): void => console.log(line);
    const parts = { database, client, perSecond, after, stop: stopping.signal, print };
    const renewed = async () => {
      const pairs = await renewPairs(parts);
      if (pairs.remaining === 0) await renewRequests(parts);
      return pairs;
    };
    const { signalled, withoutRun, remaining, last } = await renewed().finally(() => client.connection.close());
    print(`${signalled} pairs signalled, ${withoutRun} had no run, ${remaining} remain`);
    if (remaining === 0) return;
    print(howToGoOn(last));
    process.exitCode = 1;
  } finally {
    await database.close();
  }
}

function readArguments(args: string[]): { perSecond: number; after: string | null } {
  const options = { 'per-second': { type: 'string' }, after: { type: 'string' } } as const;
  const { values } = parseArgs({ args, options });
  const perSecond = Number(values['per-second'] ?? usualPace);
  if (!(perSecond >= 1 && perSecond <= 1000)) throw new Error(usage);
  return { perSecond, after: values.after ?? null };
}
