import type { BroadcastAudience, Candidate } from '../../policy/broadcast/broadcast.ts';
import { type Broadcast, broadcastOwner, type Judged, judge, rowFor } from '../../policy/broadcast/broadcast.ts';
import type { Classification } from '../../policy/mailbox/row.ts';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import type { BroadcastWords } from './broadcast-words.ts';
import { mailboxesOf } from './mailbox.ts';
import { messageColumns, messageOf, type StoredMessage } from './messages.ts';
import { type PairFilter, pairConditions } from './pair-filter.ts';
import { lockProgram } from './pair-making.ts';
import { wireRow } from './say-document.ts';
import { insertRows, rowsIn } from './say-sql.ts';

/** Messages of staff to the people of many pairs (T10). */

export interface AskedBroadcast {
  id: string;
  programId: string;
  /** Id of the key with which it is asked for. */
  keyId: string;
  filter: PairFilter;
  audience: BroadcastAudience;
  channel: Channel;
  words: BroadcastWords;
}

interface Surroundings {
  now: Instant;
  /** The names of those who carry mail and texts. */
  providers: Record<Channel, string>;
  classification: Classification;
}

/** Who would get it, and who would not and why; nothing is written. */
export async function previewBroadcast(
  database: Database,
  asked: AskedBroadcast,
  around: Surroundings,
): Promise<Judged[] | null> {
  return database.$transaction(async (on) => {
    const broadcast = await broadcastIn(on, asked, around);
    return broadcast && judgedCandidates(on, asked, broadcast, around, async () => {});
  }, within);
}

/** Many rows take longer to write than other transactions may take, and less than an Idempotency-Key is held for. */
const within = { timeout: 50_000, maxWait: 5_000 };

/**
 * Writes to everybody whom it concerns, in one transaction: whoever dies in the middle has written to nobody, and the same
 * broadcast again writes to nobody twice. Null where there is no such program.
 */
export function sendBroadcast(
  database: Database,
  asked: AskedBroadcast,
  around: Surroundings,
): Promise<Judged[] | null> {
  return database.$transaction(async (on) => {
    const broadcast = await broadcastIn(on, asked, around);
    if (!broadcast) return null;
    if (!(await insertBroadcast(on, asked, around.now))) return storedBroadcast(on, asked.id);
    const judged = await judgedCandidates(on, asked, broadcast, around, (some) => writeRows(on, some, around.now));
    await noteGates(on, asked.id);
    return judged;
  }, within);
}

/** The program is locked against a new version until everything is written under this one. */
async function broadcastIn(
  on: Transaction,
  { id, programId, channel, filter }: AskedBroadcast,
  { classification }: Surroundings,
): Promise<Broadcast | null> {
  const program = await lockProgram(on, programId, null);
  if (!program) return null;
  const { version: policyVersion, document } = program;
  const { gatherMinutes } = document.policy.messaging;
  const whilePaired = filter.state !== 'closed';
  return { id, programId, channel, whilePaired, policyVersion, gatherMinutes, classification };
}

/** Answers whether it is new. */
async function insertBroadcast(on: Transaction, asked: AskedBroadcast, now: Instant): Promise<boolean> {
  const { id, programId, keyId, audience, channel, filter, words } = asked;
  const sql = `
    insert into broadcasts (id, program_id, key_id, audience, channel, filter, subject, text, links, created_at)
    values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9::text[], $10)
    on conflict (id) do nothing`;
  const terms = [audience, channel, JSON.stringify(filter), words.subject, words.text, words.links];
  return (await execute(on, sql, id, programId, keyId, ...terms, new Date(now))) === 1;
}

/** People read and written at a time. */
const peopleAtOnce = 1000;

/** Everybody in the pairs that are meant, judged by what is true of them now; `each` gets them some at a time. */
async function judgedCandidates(
  on: Transaction,
  asked: AskedBroadcast,
  broadcast: Broadcast,
  { now, providers }: Surroundings,
  each: (judged: Judged[]) => Promise<void>,
): Promise<Judged[]> {
  const candidates = await readCandidates(on, asked, now);
  const all: Judged[] = [];
  for (let from = 0; from < candidates.length; from += peopleAtOnce) {
    const rows = candidates.slice(from, from + peopleAtOnce).map((candidate) => rowFor(candidate, broadcast, now));
    const mailboxes = await mailboxesOf(on, rows, now, providers);
    const judged = mailboxes.flatMap(({ rows: own, context }) => own.map((row) => judge(row, context, now)));
    await each(judged);
    all.push(...judged);
  }
  return all;
}

/** Each person once, however many of their pairs are meant, in the order of their ids. */
function readCandidates(
  on: Queryable,
  { programId, filter, audience }: AskedBroadcast,
  now: Instant,
): Promise<Candidate[]> {
  const values: unknown[] = [];
  const value = (given: unknown): string => `$${values.push(given)}`;
  const conditions = pairConditions({ ...filter, programId }, { programIds: null, now }, value);
  const side = value(audience);
  const sql = `
    with matched as (
      select p.id, p.mentor_id, p.mentee_id, p.class_id from pairs p where ${conditions.join(' and ')}
    ), sides as (
      select mentor_id as person_id, 'mentor' as role, id, class_id from matched where ${side}::text in ('mentor', 'both')
      union all
      select mentee_id, 'mentee', id, class_id from matched where ${side}::text in ('mentee', 'both')
    )
    select s.person_id as "personId", case when bool_or(s.role = 'mentor') then 'mentor' else 'mentee' end as role, array_agg(distinct s.id) as "pairIds",
      coalesce((array_agg(v.zone order by s.id) filter (where v.zone is not null))[1],
        (select d.document->>'zone' from programs g join program_versions d on d.program_id = g.id and d.version = g.version
         where g.id = ${value(programId)})) as zone
    from sides s
    left join classes c on c.id = s.class_id left join class_versions v on v.class_id = c.id and v.version = c.version
    group by s.person_id order by s.person_id`;
  return queryRows(on, sql, ...values);
}

async function writeRows(on: Transaction, judged: Judged[], now: Instant): Promise<void> {
  const sql = `with rows as (${rowsIn('$1::jsonb')}) ${insertRows}`;
  await execute(on, sql, JSON.stringify(judged.map(({ row }) => wireRow(row, now))));
}

/** What excluded somebody is told by the ledger as it tells of any other gate. */
async function noteGates(on: Transaction, id: string): Promise<void> {
  const sql = `
    update messages set gates = jsonb_build_array(jsonb_build_object('gate', fields->'excludedBy', 'at', accepted_at))
    where owner = $1 and fields ? 'excludedBy'`;
  await execute(on, sql, broadcastOwner(id));
}

/** What was written for a broadcast, as it was when it was written. */
async function storedBroadcast(on: Queryable, id: string): Promise<Judged[]> {
  const sql = `select ${messageColumns} from messages m where m.owner = $1 order by m.person_id`;
  const rows = await queryRows<StoredMessage>(on, sql, broadcastOwner(id));
  return rows.map(messageOf).map((row) => {
    const excluded = 'excludedBy' in row.fields ? row.reason : null;
    return { row, excluded, channel: row.channel };
  });
}
