import type { Instant } from '../../policy/time.ts';
import { type Database, execute, queryRows } from '../database.ts';

/** What the relay looks after on the journal besides delivering: parked, forgotten and overdue entries. */

/** Entries of a pair that has become known are its own from now on (E3). */
export async function unparkKnown(database: Database): Promise<number> {
  return execute(
    database,
    `update journal j set state = 'recorded', owner = p.owner, program_id = p.program_id, pair_id = p.id
     from pairs p
     where j.state = 'parked' and p.id = j.subject and j.type not like 'person.%'
       and (j.allowed_programs is null or p.program_id = any(j.allowed_programs))`,
  );
}

/** Entries whose subject stayed unknown for 24 hours are given up, and counted (E3). */
export async function giveUpParked(database: Database, now: Instant): Promise<number> {
  return execute(
    database,
    `update journal set state = 'unknown_subject' where state = 'parked' and received_at < $1::timestamptz - interval '24 hours'`,
    new Date(now),
  );
}

/**
 * Entries that Temporal took and no pair has applied for long are delivered again, ever less often: applying one twice
 * changes nothing, and a Temporal that lost its data gets them back.
 */
export async function redeliverForgotten(database: Database): Promise<number> {
  return execute(
    database,
    `update journal set delivered_at = null where seq in (
       select seq from journal
       where state in ('recorded', 'asked') and owner is not null
         and delivered_at < now() - least(interval '5 minutes' * power(2, least(attempts, 8)), interval '1 day')
       for update skip locked)`,
  );
}

/** How many entries are neither applied nor refused, and the age in seconds of the oldest undelivered one. */
export async function journalBacklog(database: Database): Promise<{ open: number; oldestSeconds: number }> {
  const rows = await queryRows<{ open: bigint; oldest: number | null }>(
    database,
    `select count(*) as open,
       extract(epoch from now() - min(case when delivered_at is null then received_at end))::float8 as oldest
     from journal where state in ('recorded', 'asked')`,
  );
  const row = rows[0];
  return { open: Number(row?.open ?? 0), oldestSeconds: Math.max(0, row?.oldest ?? 0) };
}
