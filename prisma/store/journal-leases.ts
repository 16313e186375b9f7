import type { EntryData, PairEvent } from '../../policy/event.ts';
import { type Database, execute, queryRows } from '../database.ts';

/** How entries go from the journal to their workflows: leased, delivered, released, or refused. */

/** A leased entry, with the workflow that it is for. */
export interface LeasedEntry {
  owner: string;
  asked: boolean;
  event: PairEvent;
}

interface LeasedRow {
  seq: bigint;
  owner: string;
  ref: string;
  type: string;
  occurred_at: Date;
  received_at: Date;
  history: boolean;
  state: string;
  data: EntryData;
}

const undelivered = `j.state in ('recorded', 'asked') and j.delivered_at is null and j.owner is not null
      and (j.lease_until is null or j.lease_until < now())`;

const leaseSql = `
  with first as (
    select j.seq, j.owner from journal j where ${undelivered} and j.urgent = $3
    order by j.seq limit $1 for update skip locked
  ),
  others as (
    select j.seq from journal j
    where j.owner in (select owner from first) and ${undelivered} and j.seq not in (select seq from first)
    order by j.seq limit $4 for update skip locked
  )
  update journal j set lease_until = now() + make_interval(secs => $2), attempts = attempts + 1
  where j.seq in (select seq from first union all select seq from others)
  returning j.seq, j.owner, j.ref, j.type, j.occurred_at, j.received_at, j.history, j.state, j.data`;

/** Beside the first entries of their workflows, so that a lease has an end. */
const othersPerLease = 2_000;

/**
 * Leases undelivered entries in the order of acceptance: those of up to so many workflows, each with the others that are
 * there for it, so that they travel together.
 * @param lease whether the workflows with urgent entries are wanted, or those with others
 */
export async function leaseEntries(
  database: Database,
  lease: { owners: number; urgent: boolean; leaseSeconds: number },
): Promise<LeasedEntry[]> {
  const { owners, leaseSeconds, urgent } = lease;
  const rows = await queryRows<LeasedRow>(database, leaseSql, owners, leaseSeconds, urgent, othersPerLease);
  return rows
    .sort((a, b) => Number(a.seq - b.seq))
    .map((row) => ({
      owner: row.owner,
      asked: row.state === 'asked',
      event: eventOf(row),
    }));
}

function eventOf(row: LeasedRow): PairEvent {
  return {
    seq: Number(row.seq),
    ref: row.ref,
    type: row.type as PairEvent['type'],
    at: row.occurred_at.getTime(),
    receivedAt: row.received_at.getTime(),
    ...(row.history ? { history: true } : {}),
    data: row.data,
  };
}

/**
 * Temporal has them: those that are not applied yet are delivered again only if they stay so for long. Neither this nor a
 * release waits for an entry that a say is marking, so that they never wait for each other in a circle.
 */
export async function markDelivered(database: Database, seqs: number[]): Promise<void> {
  const sql = `update journal set delivered_at = now(), lease_until = null where seq in (${openAmong})`;
  await execute(database, sql, seqs);
}

const openAmong = `
  select seq from journal where seq = any($1::bigint[]) and state in ('recorded', 'asked') for update skip locked`;

/** Delivery failed: free again after so many seconds. */
export async function releaseEntries(database: Database, seqs: number[], afterSeconds: number): Promise<void> {
  const sql = `update journal set lease_until = now() + make_interval(secs => $2) where seq in (${openAmong})`;
  await execute(database, sql, seqs, afterSeconds);
}

/**
 * The command was refused by its pair, with this code. No say settles it: the rows that waited for it are looked at again,
 * locked in the order of their ids like all who lock several.
 */
export async function markRefused(database: Database, seq: number, code: string): Promise<void> {
  const sql = `
    with refused as (
      update journal set state = 'refused', refusal = $2, lease_until = null where seq = $1 and state = 'asked'
      returning owner
    ), theirs as (
      select m.id from messages m join refused on refused.owner = m.owner where m.state = 'waiting'
      order by m.id for update of m
    )
    update messages m set look_at = null from theirs where m.id = theirs.id`;
  await execute(database, sql, seq, code);
}
