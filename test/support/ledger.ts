import { type Database, execute } from '../../prisma/database.ts';

export interface MessageFacts {
  id: string;
  programId: string;
  pairIds?: string[];
  personId?: string;
  template?: string;
  channel?: 'email' | 'sms';
  state?: string;
  reason?: string | null;
  /** Planned and accepted at, epoch milliseconds; it expires two days later. */
  at: number;
}

/** A message of the ledger that waits to be looked at at its time, unless told otherwise. */
export async function insertMessage(database: Database, facts: MessageFacts): Promise<void> {
  const { id, programId, pairIds = [], personId = 'mentor', template = 'class-reminder' } = facts;
  const { channel = 'email', state = 'waiting', reason = null, at } = facts;
  const sql = `
    insert into messages (id, key, step_key, owner, program_id, pair_ids, person_id, role, template, channel, shard,
      classification, fields, zone, bcc, state, reason, planned, planned_for, not_before, expires_at, look_at,
      policy_version, because, accepted_at, updated_at)
    values ($1, 'key/' || $1, 'key/' || $1, 'owner', $2, $3::text[], $4, 'mentor', $5, $6, 'people', '{}', '{}', 'UTC', '{}',
      $7, $8, true, $9::timestamptz, $9::timestamptz, $9::timestamptz + interval '2 days', $9::timestamptz, 1,
      '{"rule": "W2", "facts": []}', $9::timestamptz, $9::timestamptz)`;
  await execute(database, sql, id, programId, pairIds, personId, template, channel, state, reason, new Date(at));
}
