import type { SuppressedCategory } from '../../policy/delivery/consequences.ts';
import { type MailboxContext, strictestCap, strictestHours } from '../../policy/mailbox/context.ts';
import { dependsOn, type MessageRow } from '../../policy/mailbox/row.ts';
import type { MessagingPolicy } from '../../policy/sections/messaging.ts';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import { messageColumns, messageOf, type StoredMessage } from './messages.ts';

/** One person's waiting rows of one shard, with everything that decides over them. */
export interface Mailbox {
  personId: string;
  rows: MessageRow[];
  context: MailboxContext;
  /** Where each channel reaches the person now; read with the context, and never part of a decision. */
  addresses: Record<Channel, string | null>;
}

interface PersonRow {
  id: string;
  removed: boolean;
  zone: string | null;
  is_minor: boolean;
  email: string | null;
  phone: string | null;
  guardian_consent: boolean | null;
  text_consent: boolean | null;
  email_suppressed: SuppressedCategory[];
  sms_suppressed: SuppressedCategory[];
  sends: Array<{ at: string; channel: Channel; priority: number; exempt: boolean }>;
}

const personSql = `
  select p.id, (p.removed_at is not null or p.erased_at is not null) as removed, p.zone, p.is_minor,
    p.email, p.phone,
    (select c.granted from consents c where c.person_id = p.id and c.channel = 'contact' order by c.id desc limit 1)
      as guardian_consent,
    (select c.granted from consents c where c.person_id = p.id and c.channel = 'sms' order by c.id desc limit 1)
      as text_consent,
    array(select s.category from suppressions s where s.channel = 'email' and s.address_digest = address_digest(p.email))
      as email_suppressed,
    array(select s.category from suppressions s where s.channel = 'sms' and s.address_digest = address_digest(p.phone))
      as sms_suppressed,
    coalesce((
      select json_agg(json_build_object('at', s.claimed_at, 'channel', s.channel, 'priority', s.priority, 'exempt', s.exempt))
      from sends s
      where s.person_id = p.id and s.state in ('claimed', 'accepted', 'unknown')
        and s.claimed_at > $2::timestamptz - interval '49 hours'
    ), '[]'::json) as sends
  from people p where p.id = any($1::text[])`;

/** The people, soonest and most important first, who have rows that the dispatcher has to look at by `now`. */
export async function peopleToLookAt(on: Queryable, shard: string, now: Instant, limit: number): Promise<string[]> {
  const rows = await queryRows<{ person_id: string }>(
    on,
    `select person_id from messages
     where state = 'waiting' and shard = $1 and (look_at is null or look_at <= $2)
     group by person_id
     order by min((classification->>'priority')::int), min(coalesce(look_at, 'epoch'::timestamptz)), person_id limit $3`,
    shard,
    new Date(now),
    limit,
  );
  return rows.map((row) => row.person_id);
}

/** The waiting rows and contexts of these people. With `lock`, inside a transaction, which holds the rows from here on. */
export async function readMailboxes(
  on: Queryable,
  shard: string,
  personIds: string[],
  now: Instant,
  lock: boolean,
  providers: Record<Channel, string>,
): Promise<Mailbox[]> {
  const stored = await queryRows<StoredMessage>(
    on,
    `select ${messageColumns} from messages m
     where m.state = 'waiting' and m.shard = $1 and m.person_id = any($2::text[]) order by m.id ${lock ? 'for update' : ''}`,
    shard,
    personIds,
  );
  return mailboxesOf(on, stored.map(messageOf), now, providers);
}

/** Rows by the people whom they are for, with everything that decides over them; also rows that are not written yet. */
export async function mailboxesOf(
  on: Queryable,
  rows: MessageRow[],
  now: Instant,
  providers: Record<Channel, string>,
): Promise<Mailbox[]> {
  const personIds = [...new Set(rows.map(({ personId }) => personId))];
  const people = await queryRows<PersonRow>(on, personSql, personIds, new Date(now));
  const around = await readSurroundings(on, rows, providers);
  const personOf = new Map(people.map((person) => [person.id, person]));
  const rowsOf = new Map<string, MessageRow[]>();
  for (const row of rows) rowsOf.set(row.personId, [...(rowsOf.get(row.personId) ?? []), row]);
  return [...rowsOf].map(([personId, own]) => ({
    personId,
    rows: own,
    context: contextOf(personOf.get(personId), own, around),
    addresses: { email: personOf.get(personId)?.email ?? null, sms: personOf.get(personId)?.phone ?? null },
  }));
}

interface Surroundings {
  heldPairs: string[];
  closedPairs: string[];
  unsettledOwners: string[];
  statesByKey: Record<string, string>;
  messaging: Map<string, MessagingPolicy>;
  /** Channels that take nothing before an instant, by the provider that carries them. */
  resumeAt: MailboxContext['resumeAt'];
}

interface SurroundingsRow {
  held: string[] | null;
  ended: string[] | null;
  unsettled: string[] | null;
  states: Record<string, string> | null;
  messaging: Record<string, MessagingPolicy> | null;
  closed: Record<string, { parked: boolean; until: string | null }> | null;
}

const surroundingsSql = `
  select
    (select array_agg(distinct p.id) from cases c join pairs p on p.id = any($1::text[])
      and (p.id = c.pair_id or c.pair_id is null and (c.person_id in (p.mentor_id, p.mentee_id)
        or exists (select from people ward where ward.id = p.mentee_id and ward.guardian_id = c.person_id)))
      where c.kind = 'safety' and c.state in ('open', 'acknowledged')) as held,
    (select array_agg(id) from pairs where id = any($6::text[]) and state = 'closed') as ended,
    (select array_agg(distinct owner) from journal
      where state in ('recorded', 'asked') and owner = any($2::text[])) as unsettled,
    (select jsonb_object_agg(key, case when reason = 'merged' then 'merged' else state end) from messages
      where key = any($3::text[])) as states,
    (select jsonb_object_agg(p.id, v.document->'policy'->'messaging') from programs p
      join program_versions v on v.program_id = p.id and v.version = p.version where p.id = any($4::text[])) as messaging,
    (select jsonb_object_agg(provider, jsonb_build_object('parked', parked_at is not null, 'until', limited_until))
      from channels where provider = any($5::text[]) and (parked_at is not null or limited_until is not null)) as closed`;

/** A parked channel takes nothing for as long as a message can wait. */
const untilResumed: Instant = 8.64e15;

async function readSurroundings(
  on: Queryable,
  rows: MessageRow[],
  providers: Record<Channel, string>,
): Promise<Surroundings> {
  const distinct = (values: string[]): string[] => [...new Set(values)];
  const [found] = await queryRows<SurroundingsRow>(
    on,
    surroundingsSql,
    distinct(rows.flatMap((row) => row.pairIds)),
    distinct(rows.map((row) => row.owner)),
    distinct(rows.flatMap(dependsOn)),
    distinct(rows.map((row) => row.programId)),
    distinct(Object.values(providers)),
    // Only these ask whether their pairs have ended.
    distinct(rows.flatMap((row) => (row.fields.whilePaired === true ? row.pairIds : []))),
  );
  const resumeOf = (channel: Channel): Instant => {
    const closed = found?.closed?.[providers[channel]];
    if (!closed) return 0;
    return closed.parked ? untilResumed : Date.parse(closed.until ?? '');
  };
  return {
    heldPairs: found?.held ?? [],
    closedPairs: found?.ended ?? [],
    unsettledOwners: found?.unsettled ?? [],
    statesByKey: found?.states ?? {},
    messaging: new Map(Object.entries(found?.messaging ?? {})),
    resumeAt: { email: resumeOf('email'), sms: resumeOf('sms') },
  };
}

function contextOf(person: PersonRow | undefined, rows: MessageRow[], around: Surroundings): MailboxContext {
  const programs = [...new Set(rows.map((row) => row.programId))];
  const policies = programs.flatMap((id) => around.messaging.get(id) ?? []);
  return {
    removed: person?.removed ?? false,
    zone: person?.zone ?? null,
    isMinor: person?.is_minor ?? false,
    guardianConsent: person?.guardian_consent === true,
    textConsent: person?.text_consent === true,
    hasEmail: person?.email != null,
    hasPhone: person?.phone != null,
    suppressed: { email: person?.email_suppressed ?? [], sms: person?.sms_suppressed ?? [] },
    heldPairs: around.heldPairs,
    closedPairs: around.closedPairs,
    hours: strictestHours(policies.map((policy) => policy.quietHours)),
    dailyCap: strictestCap(policies.map((policy) => policy.dailyCap)),
    sends: (person?.sends ?? []).map((send) => ({ ...send, at: Date.parse(send.at) })),
    unsettledOwners: around.unsettledOwners,
    statesByKey: around.statesByKey,
    resumeAt: around.resumeAt,
  };
}
