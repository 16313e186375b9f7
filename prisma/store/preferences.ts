import type { Chosen } from '../../policy/delivery/choices.ts';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, type Queryable, queryRows } from '../database.ts';
import { inTransaction } from './in-transaction.ts';
import { lift, readSuppressions, type Suppression, suppress } from './suppressions.ts';

/** What a person chose to get, for each of their addresses. */
export interface Preferences {
  personName: string;
  programName: string;
  /** The person's, else the program's. */
  locale: string;
  addresses: Record<Channel, string | null>;
  suppressions: Suppression[];
}

interface PreferencesRow {
  name: string;
  email: string | null;
  phone: string | null;
  locale: string;
  program: string;
}

/** Null where the person was erased, or the person or the program is not there. */
export async function readPreferences(
  on: Queryable,
  { personId, programId }: { personId: string; programId: string },
): Promise<Preferences | null> {
  const sql = `
    select p.name, p.email, p.phone, coalesce(p.locale, v.document->>'locale') as locale, v.document->>'name' as program
    from people p, programs g join program_versions v on v.program_id = g.id and v.version = g.version
    where p.id = $1 and p.erased_at is null and g.id = $2`;
  const [row] = await queryRows<PreferencesRow>(on, sql, personId, programId);
  if (!row) return null;
  const { name: personName, program: programName, locale, email, phone } = row;
  const suppressions = await readSuppressions(on, row);
  return { personName, programName, locale, addresses: { email, sms: phone }, suppressions };
}

/**
 * Makes what was chosen hold for the person's addresses, in one transaction. The person is locked, as by those who claim
 * sends: what is claimed afterwards knows of it.
 */
export async function choose(
  database: Database,
  personId: string,
  chosen: readonly Chosen[],
  { reason, now }: { reason: string; now: Instant },
): Promise<void> {
  // In one order, so that two who change one address do not wait for each other.
  const inOrder = [...chosen].sort((a, b) => (a.channel + a.category < b.channel + b.category ? -1 : 1));
  await inTransaction(database, async (on) => {
    const sql = 'select email, phone as sms from people where id = $1 and erased_at is null for update';
    const [addresses] = await queryRows<Record<Channel, string | null>>(on, sql, personId);
    for (const { channel, category, stopped } of inOrder) {
      const address = addresses?.[channel];
      if (!address) continue;
      if (stopped) await suppress(on, { channel, address }, { category, reason }, now);
      else await lift(on, { channel, address }, category);
    }
  });
}
