import type { EntryData } from '../../policy/event.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, type Queryable, queryRows } from '../database.ts';

/** An entry to be put on the journal, with the free text that no workflow sees. */
export interface NewEntry {
  source: string;
  eventId: string;
  /** Digest of the whole content: the same identity with another digest is a conflict. */
  digest: string;
  ref: string;
  type: string;
  subject: string;
  occurredAt: Instant;
  receivedAt: Instant;
  history: boolean;
  urgent: boolean;
  data: EntryData;
  texts: Record<string, string>;
}

export type Recording = 'recorded' | 'parked' | 'noted' | 'duplicate' | 'conflict' | 'foreign';

export interface Recorded {
  outcome: Recording;
  seq: number | null;
  owner: string | null;
}

interface RecordedRow {
  n: number;
  seq: bigint | null;
  state: string | null;
  owner: string | null;
  foreign: boolean;
  earlier_digest: string | null;
  earlier_seq: bigint | null;
  earlier_owner: string | null;
}

const recordSql = `
  with given as (
    select * from jsonb_to_recordset($1::jsonb) as g(n int, source text, "eventId" text, digest text, ref text, type text,
      subject text, occurred timestamptz, received timestamptz, history boolean, urgent boolean, data jsonb, texts jsonb)
  ), known as (
    select g.*, p.owner, p.program_id, p.id as pair_id,
      $2::text[] is not null and case
        when g.type like 'person.%' then not exists (
          select 1 from enrolments e where e.person_id = g.subject and e.program_id = any($2::text[]))
        else p.id is not null and not p.program_id = any($2::text[])
      end as foreign_subject,
      exists (select 1 from people where g.type like 'person.%' and people.id = g.subject) as person_known
    from given g left join pairs p on p.id = g.subject and g.type not like 'person.%'
  ), stored as (
    insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
      history, urgent, data, state, allowed_programs)
    select source, "eventId", digest, ref, type, subject, owner, program_id, pair_id, occurred, received, history, urgent,
      data, case when person_known then 'noted' when owner is null then 'parked' else 'recorded' end, $2::text[]
    from known where not foreign_subject order by n
    on conflict (source, event_id) do nothing
    returning seq, source, event_id, state, owner
  ), worded as (
    insert into free_texts (seq, field, text)
    select s.seq, t.key, t.value
    from stored s join given g on g.source = s.source and g."eventId" = s.event_id, jsonb_each_text(g.texts) t
  )
  select k.n, s.seq, s.state, coalesce(s.owner, k.owner) as owner, k.foreign_subject as foreign,
    e.digest as earlier_digest, e.seq as earlier_seq, e.owner as earlier_owner
  from known k
  left join stored s on s.source = k.source and s.event_id = k."eventId"
  left join journal e on e.source = k.source and e.event_id = k."eventId"
  order by k.n`;

function wire(entry: NewEntry, n: number): Record<string, unknown> {
  const { occurredAt, receivedAt, ...rest } = entry;
  return { ...rest, n, occurred: new Date(occurredAt).toISOString(), received: new Date(receivedAt).toISOString() };
}

/**
 * Puts entries on the journal in one statement. An identity that is there already is a `duplicate`, or a `conflict` when
 * its content differs; an unknown pair's entry is `parked` (E3), one of a program outside `allowedPrograms` is `foreign`.
 * Entries of one call must have different identities.
 * @param allowedPrograms programs that the caller may write to; null means all
 */
export async function recordEntries(
  on: Queryable,
  entries: NewEntry[],
  allowedPrograms: string[] | null,
): Promise<Recorded[]> {
  const given = JSON.stringify(entries.map(wire));
  const rows = await queryRows<RecordedRow>(on, recordSql, given, allowedPrograms);
  const results = rows.map((row, index) => outcomeOf(row, entries[index] as NewEntry));
  // Another connection stored the same identity while this statement ran: only a second look can see it.
  const unseen = entries.filter((_, index) => results[index] === null);
  if (unseen.length === 0) return results as Recorded[];
  const again = await recordEntries(on, unseen, allowedPrograms);
  return results.map((result) => result ?? (again.shift() as Recorded));
}

function outcomeOf(row: RecordedRow, entry: NewEntry): Recorded | null {
  if (row.foreign) return { outcome: 'foreign', seq: null, owner: null };
  if (row.seq !== null) return { outcome: row.state as Recording, seq: Number(row.seq), owner: row.owner };
  if (row.earlier_seq === null) return null;
  const outcome = row.earlier_digest === entry.digest ? 'duplicate' : 'conflict';
  return { outcome, seq: Number(row.earlier_seq), owner: row.earlier_owner };
}

/** Stores a command as asked; the relay leaves it alone for `leaseSeconds`, while its caller asks the pair itself. */
export async function recordCommand(
  database: Database,
  entry: NewEntry & { owner: string; programId: string },
  leaseSeconds: number,
): Promise<number> {
  const rows = await queryRows<{ seq: bigint }>(
    database,
    `insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
       history, urgent, data, state, lease_until)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $6, $9, $10, false, false, $11::jsonb, 'asked', now() + make_interval(secs => $12))
     returning seq`,
    entry.source,
    entry.eventId,
    entry.digest,
    entry.ref,
    entry.type,
    entry.subject,
    entry.owner,
    entry.programId,
    new Date(entry.occurredAt),
    new Date(entry.receivedAt),
    JSON.stringify(entry.data),
    leaseSeconds,
  );
  return Number((rows[0] as { seq: bigint }).seq);
}

/** A command that is on the journal already; null where there is none. */
export async function readCommand(
  on: Queryable,
  ref: string,
): Promise<{ state: string; refusal: string | null } | null> {
  const sql = `select state, refusal from journal where source = 'tandem' and event_id = $1`;
  const [row] = await queryRows<{ state: string; refusal: string | null }>(on, sql, ref);
  return row ?? null;
}

/** The state of entries, for whoever waits until they are applied. */
export async function entryStates(
  database: Database,
  seqs: number[],
): Promise<Map<number, { state: string; refusal: string | null; cancelled: string[] }>> {
  const rows = await queryRows<{
    seq: bigint;
    state: string;
    refusal: string | null;
    effect: { cancelled?: string[] } | null;
  }>(database, 'select seq, state, refusal, effect from journal where seq = any($1::bigint[])', seqs);
  return new Map(
    rows.map((row) => [
      Number(row.seq),
      { state: row.state, refusal: row.refusal, cancelled: row.effect?.cancelled ?? [] },
    ]),
  );
}
