import type { AddressedCase } from '../../policy/delivery/inbound-mail.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows } from '../database.ts';
import { type NewEntry, recordEntries } from './journal.ts';
import { openStaffTask, type StaffTask } from './staff-tasks.ts';

/** Mail that came in: whom it is about, and its place in the database, which alone holds its words. */

export interface StoredCase extends AddressedCase {
  programId: string;
}

/** A mail as it is kept, once for each case that it names. */
export interface InboundMailRecord {
  id: string;
  provider: string;
  /** Identity of the mail with its provider: the same again is the same mail. */
  providerKey: string;
  from: string | null;
  to: string | null;
  /** Who wrote it, where the address is one person's alone. */
  personId: string | null;
  caseId: string | null;
  reading: 'outreach' | 'doubtful' | 'ignored';
  /** Why it is doubtful or ignored. */
  doubt: string | null;
  subject: string | null;
  body: string | null;
}

const casesSql = `
  select c.id as "caseId", c.kind, c.state, c.program_id as "programId", c.pair_id as "pairId", mentor.email as "mentorEmail",
    array_remove(array[p.mentor_id, p.mentee_id], null) as participants,
    coalesce((
      select jsonb_agg(jsonb_build_object('personId', s.id, 'email', s.email) order by s.id)
      from people s
      where s.removed_at is null and s.erased_at is null and s.id in (c.assignee, c.supervisor,
        p.staff->>'coordinator', p.staff->>'supervisor',
        v.document->'staff'->>'coordinator', v.document->'staff'->>'supervisor')
    ), '[]'::jsonb) as staff
  from cases c
  join programs g on g.id = c.program_id
  join program_versions v on v.program_id = g.id and v.version = g.version
  left join pairs p on p.id = c.pair_id
  left join people mentor on mentor.id = p.mentor_id
  where c.id = any($1::text[])`;

/** Cases with those who may act on them: their own coordinator and supervisor, the pair's and the program's. */
export async function readAddressedCases(on: Queryable, caseIds: readonly string[]): Promise<Map<string, StoredCase>> {
  const rows = await queryRows<StoredCase>(on, casesSql, caseIds);
  return new Map(rows.map((row) => [row.caseId, row]));
}

/** Ids of everybody who has a mail address, however it is spelled. */
export async function holdersOf(on: Queryable, address: string): Promise<string[]> {
  const sql = 'select id from people where lower(btrim(email)) = lower(btrim($1)) order by id';
  return (await queryRows<{ id: string }>(on, sql, address)).map(({ id }) => id);
}

/** Programs in which a person is coordinator or supervisor, of the program or of a pair. */
export async function programsLedBy(on: Queryable, personId: string): Promise<string[]> {
  const sql = `
    select g.id from programs g join program_versions v on v.program_id = g.id and v.version = g.version
    where $1 in (v.document->'staff'->>'coordinator', v.document->'staff'->>'supervisor')
    union
    select program_id from pairs where coordinator_id = $1 or supervisor_id = $1
    order by 1`;
  return (await queryRows<{ id: string }>(on, sql, personId)).map(({ id }) => id);
}

/**
 * Keeps a mail together with what follows from it, in one transaction; a mail that is kept already changes nothing. Answers
 * whether it was new.
 */
export function recordInboundMail(
  database: Database,
  mail: InboundMailRecord,
  effects: { entries: NewEntry[]; tasks: StaffTask[] },
  now: Instant,
): Promise<boolean> {
  return database.$transaction(async (tx) => {
    if (!(await insertMail(tx, mail, now))) return false;
    if (effects.entries.length > 0) await recordEntries(tx, effects.entries, null);
    for (const task of effects.tasks) await openStaffTask(tx, task, now);
    return true;
  });
}

async function insertMail(on: Queryable, mail: InboundMailRecord, now: Instant): Promise<boolean> {
  const { id, provider, providerKey, from, to, personId, caseId, reading, doubt, subject, body } = mail;
  const sql = `
    insert into inbound_messages (id, provider, provider_key, channel, from_address, to_address, person_id, case_id, reading,
      doubt, subject, body, received_at)
    values ($1, $2, $3, 'email', $4, $5, $6, $7, $8, $9, $10, $11, $12) on conflict (provider, provider_key) do nothing`;
  const values = [id, provider, providerKey, from, to, personId, caseId, reading, doubt, subject, body, new Date(now)];
  return (await execute(on, sql, ...values)) > 0;
}
