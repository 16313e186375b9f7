import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows } from '../database.ts';

/** Which providers take nothing at present, and who changed that when (M10). */

export interface ChannelState {
  provider: string;
  parkedAt: Date | null;
  /** Code of the refusal that parked it. */
  code: string | null;
  limitedUntil: Date | null;
}

/**
 * Parks a channel until staff resume it, unless they have since the refused hand-over was claimed. Answers whether it was
 * open before and is parked now.
 */
export async function parkChannel(
  on: Queryable,
  provider: string,
  code: string,
  now: Instant,
  claimedAt: Instant,
): Promise<boolean> {
  const sql = `
    with parked as (
      insert into channels (provider, parked_at, code) values ($1, $3, $2)
      on conflict (provider) do update set parked_at = excluded.parked_at, code = excluded.code
        where channels.parked_at is null and (channels.resumed_at is null or channels.resumed_at <= $4)
      returning provider
    ), noted as (
      insert into channel_changes (provider, change, code, at) select provider, 'parked', $2, $3 from parked
    )
    select provider from parked`;
  return (await queryRows(on, sql, provider, code, new Date(now), new Date(claimedAt))).length > 0;
}

/** A channel takes nothing until then, because of its rate. */
export async function limitChannel(on: Queryable, provider: string, until: Instant): Promise<void> {
  const sql = `
    insert into channels (provider, limited_until) values ($1, $2)
    on conflict (provider) do update set limited_until = greatest(channels.limited_until, excluded.limited_until)`;
  await execute(on, sql, provider, new Date(until));
}

/**
 * Opens a parked or limited channel again; what waited for it is looked at anew, and goes where it is still in time: also
 * what has its slot ahead, which a parked channel left to its expiry. One statement. Answers whether it was closed.
 * @param carries the message channels that the provider carries
 */
export async function resumeChannel(
  database: Database,
  provider: string,
  carries: string[],
  by: string,
  now: Instant,
): Promise<boolean> {
  const sql = `
    with opened as (
      update channels set parked_at = null, code = null, limited_until = null, resumed_at = $4
      where provider = $1 and (parked_at is not null or limited_until > $4) returning provider
    ), noted as (
      insert into channel_changes (provider, change, by_person_id, at) select provider, 'resumed', $3, $4 from opened
    ), theirs as (
      select m.id from messages m, opened where m.state = 'waiting' and m.channel = any($2::text[])
      order by m.id for update of m
    ), freed as (
      update messages m set look_at = null from theirs where m.id = theirs.id
    )
    select provider from opened`;
  return (await queryRows(database, sql, provider, carries, by, new Date(now))).length > 0;
}

/** The state of these providers; one that was never closed is open. */
export async function readChannels(on: Queryable, providers: string[]): Promise<ChannelState[]> {
  const rows = await queryRows<ChannelState>(
    on,
    `select name as provider, c.parked_at as "parkedAt", c.code, c.limited_until as "limitedUntil"
     from unnest($1::text[]) as name left join channels c on c.provider = name order by name`,
    providers,
  );
  return rows;
}
