import type { Channel } from '../../policy/step.ts';
import { type Database, queryRows } from '../database.ts';

/** Sends that were claimed and never recorded. */

/** An open send whose lease has ended: its rows are unknown until its provider says what became of it. */
export interface UnsettledSend {
  id: string;
  channel: Channel;
  provider: string;
  /** Where it was to go; null once the person is erased. */
  address: string | null;
  body: string | null;
  claimedAt: Date;
  /** Ids that the provider gave to other sends to this person: what has one of them is not this send. */
  otherIds: readonly string[];
}

/**
 * Takes sends of a provider whose lease has ended, for settling; nobody else gets them for `leaseSeconds`. Those of
 * another provider become unknown too, and are left to who can ask it.
 */
export async function takeUnsettled(
  database: Database,
  provider: string,
  limit: number,
  leaseSeconds: number,
): Promise<UnsettledSend[]> {
  return queryRows<UnsettledSend>(
    database,
    `with open as (
       select id from sends where state in ('claimed', 'unknown') and lease_until < now()
         and (provider = $3 or state = 'claimed')
       order by lease_until limit $1 for update skip locked
     ), taken as (
       update sends s set state = 'unknown',
         lease_until = case when provider = $3 then now() + make_interval(secs => $2) else lease_until end
       from open where s.id = open.id returning s.*
     ), theirs as (
       select m.id from messages m join taken on taken.id = m.send_id where m.state = 'sending'
       order by m.id for update of m
     ), rows as (
       update messages m set state = 'unknown' from theirs where m.id = theirs.id
     )
     select id, channel, provider, address, body, claimed_at as "claimedAt",
       array(select o.provider_id from sends o
         where o.person_id = taken.person_id and o.id <> taken.id and o.provider = $3 and o.provider_id is not null)
         as "otherIds"
     from taken where provider = $3`,
    limit,
    leaseSeconds,
    provider,
  );
}
