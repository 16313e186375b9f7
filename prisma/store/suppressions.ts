import type { SuppressedCategory } from '../../policy/delivery/consequences.ts';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { execute, type Queryable, queryRows } from '../database.ts';

/** What addresses get no more (M8). Kept by digest of the address: it holds for every profile that has or gets it. */

export interface Suppression {
  channel: Channel;
  category: SuppressedCategory;
  reason: string;
  since: Date;
}

/** One address of one channel, and a category of messages. */
export interface SuppressedAddress {
  channel: Channel;
  address: string;
  category: SuppressedCategory;
}

/**
 * An address gets no more of a category over a channel. What was suppressed before keeps its reason. Answers whether it was
 * news.
 */
export async function suppress(
  on: Queryable,
  address: { channel: Channel; address: string },
  what: { category: SuppressedCategory; reason: string },
  now: Instant,
): Promise<boolean> {
  return (await suppressAll(on, [{ ...address, ...what }], now)) > 0;
}

/** Suppresses several addresses by one statement, as `suppress` does each; answers how many were news. */
export async function suppressAll(
  on: Queryable,
  suppressed: Array<SuppressedAddress & { reason: string }>,
  now: Instant,
): Promise<number> {
  if (suppressed.length === 0) return 0;
  const sql = `
    insert into suppressions (channel, address_digest, category, reason, created_at)
    select g.channel, address_digest(g.address), g.category, g.reason, $2
    from jsonb_to_recordset($1::jsonb) as g(channel text, address text, category text, reason text)
    order by 1, 2, 3 on conflict do nothing`;
  return execute(on, sql, JSON.stringify(suppressed), new Date(now));
}

/** An address gets a category again; without one, everything over the channel. Answers whether anything was lifted. */
export async function lift(
  on: Queryable,
  { channel, address }: { channel: Channel; address: string },
  category: SuppressedCategory | null = null,
): Promise<boolean> {
  const sql = `
    delete from suppressions where channel = $1 and address_digest = address_digest($2)
      and ($3::text is null or category = $3)`;
  return (await execute(on, sql, channel, address, category)) > 0;
}

/** Each address gets its category again, by one statement. */
export async function liftAll(on: Queryable, lifted: SuppressedAddress[]): Promise<void> {
  if (lifted.length === 0) return;
  const sql = `
    delete from suppressions s
    using jsonb_to_recordset($1::jsonb) as g(channel text, address text, category text)
    where s.channel = g.channel and s.address_digest = address_digest(g.address) and s.category = g.category`;
  await execute(on, sql, JSON.stringify(lifted));
}

/** What these addresses of a person get no more. */
export function readSuppressions(
  on: Queryable,
  { email, phone }: { email: string | null; phone: string | null },
): Promise<Suppression[]> {
  const sql = `
    select channel, category, reason, created_at as since from suppressions
    where (channel = 'email' and address_digest = address_digest($1))
      or (channel = 'sms' and address_digest = address_digest($2))
    order by channel, category`;
  return queryRows(on, sql, email, phone);
}
