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

/** An address gets no more of a category over a channel. What was suppressed before keeps its reason. */
export async function suppress(
  on: Queryable,
  address: { channel: Channel; address: string },
  { category, reason }: { category: SuppressedCategory; reason: string },
  now: Instant,
): Promise<void> {
  const sql = `
    insert into suppressions (channel, address_digest, category, reason, created_at)
    values ($1, address_digest($2), $3, $4, $5) on conflict do nothing`;
  await execute(on, sql, address.channel, address.address, category, reason, new Date(now));
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
