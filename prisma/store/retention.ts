import type { Instant } from '../../policy/time.ts';
import { DAY } from '../../policy/time.ts';
import { type Database, execute } from '../database.ts';

/**
 * Words are kept for a month: what was sent since its hand-over ended (or began, where nobody knows its end), what people
 * wrote since it came in.
 */

const keptFor = 30 * DAY;
const rowsAtOnce = 1000;

const sends = `
  with old as (
    select id from sends where (subject is not null or body is not null) and claimed_at < $1 and coalesce(ended_at, claimed_at) < $1
    order by claimed_at limit $2 for update skip locked
  )
  update sends s set subject = null, body = null from old where s.id = old.id`;

const inbound = `
  with old as (
    select id from inbound_messages where (subject is not null or body is not null) and received_at < $1
    order by received_at limit $2 for update skip locked
  )
  update inbound_messages i set subject = null, body = null from old where i.id = old.id`;

/** Told again after a month, a report would find its send settled long ago. */
const reports = `
  with old as (
    select provider, report_key from provider_reports where received_at < $1
    order by received_at limit $2 for update skip locked
  )
  delete from provider_reports r using old where r.provider = old.provider and r.report_key = old.report_key`;

/** Drops subjects and bodies older than 30 days, and what providers reported then, batch by batch; answers of how many rows. */
export async function dropOldWords(database: Database, now: Instant, batch = rowsAtOnce): Promise<number> {
  const before = new Date(now - keptFor);
  let dropped = 0;
  for (const sql of [sends, inbound, reports]) {
    let last = batch;
    while (last === batch) {
      last = await execute(database, sql, before, batch);
      dropped += last;
    }
  }
  return dropped;
}
