import { type Database, execute } from '../../prisma/database.ts';

export interface SendFacts {
  id: string;
  /** Messages of the ledger that travel with it; they get its id. */
  messageIds: string[];
  personId?: string;
  channel?: 'email' | 'sms';
  provider?: string;
  state?: string;
  address?: string | null;
  subject?: string | null;
  body?: string | null;
  /** Claimed at, epoch milliseconds. */
  at: number;
  endedAt?: number | null;
}

/** A hand-over of messages that are in the ledger already: unknown, with its lease over, unless told otherwise. */
export async function insertSend(database: Database, facts: SendFacts): Promise<void> {
  const { id, messageIds, personId = 'mentor', channel = 'email', provider = 'sendgrid', state = 'unknown' } = facts;
  const { address = 'ada@example.org', subject = 'Hello', body = 'Words', at, endedAt = null } = facts;
  const sql = `
    with given as (update messages set send_id = $1 where id = any($2::text[]))
    insert into sends (id, message_ids, person_id, channel, provider, state, address, subject, body, exempt, priority,
      claimed_at, lease_until, ended_at)
    values ($1, $2::text[], $3, $4, $5, $6, $7, $8, $9, false, 2, $10, now() - interval '1 minute', $11)`;
  const ended = endedAt === null ? null : new Date(endedAt);
  const words = [address, subject, body];
  await execute(database, sql, id, messageIds, personId, channel, provider, state, ...words, new Date(at), ended);
}
