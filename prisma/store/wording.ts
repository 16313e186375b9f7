import type { ReminderFact } from '../../policy/delivery/reach.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import type { ProgramDocument, StaffIds } from '../../policy/program.ts';
import type { Resource } from '../../policy/resources/resource.ts';
import { type Queryable, queryRows } from '../database.ts';
import { type BroadcastWords, readBroadcastWords } from './broadcast-words.ts';
import { type ContactWords, readContactWords } from './contact-words.ts';
import { type OpenPair, readOtherPairs } from './other-pairs.ts';
import { type PairComment, readPairComments } from './pair-comments.ts';
import { reminderFacts } from './reminder-facts.ts';
import { readResourcesFor } from './row-resources.ts';

/** What messages are put into words with, read at the moment of sending for a whole wave at once. */
export interface Wording {
  people: Map<string, { name: string; locale: string | null; email: string | null; phone: string | null }>;
  programs: Map<string, ProgramDocument>;
  pairStaff: Map<string, StaffIds>;
  ownTexts: Map<string, { subject: string | undefined; body: string }>;
  /** People who have had a text of a program before, as `{personId}|{programId}`. */
  texted: Set<string>;
  /** The reminders that a pair's mentor was to get lately, by pair, oldest first. */
  reminders: Map<string, ReminderFact[]>;
  /** What is on each coordinator's or supervisor's Focus List, by program and person, as `{programId}|{personId}`. */
  focus: Map<string, FocusFact[]>;
  /** What was said in contacts, by pair and reference. */
  contacts: Map<string, ContactWords>;
  /** What the two of a pair have said lately, by the pair's workflow. */
  comments: Map<string, PairComment[]>;
  /** What staff wrote to many, by broadcast. */
  broadcasts: Map<string, BroadcastWords>;
  /** What was written in requests, by request. */
  requests: Map<string, RequestWords>;
  /** Open pairs of those whom safety alerts are about, by person. */
  otherPairs: Map<string, OpenPair[]>;
  /** What helps with what a message is about, by the message's id. */
  resources: Map<string, Resource[]>;
}

export interface RequestWords {
  message: string | null;
  reply: string | null;
  withMinor: boolean;
  /** Words in it may tell of danger: they are for staff alone (K6). */
  withDanger: boolean;
}

export interface FocusFact {
  pairId: string;
  mentorName: string;
  menteeName: string;
  reason: string;
  streak: number;
  since: Date;
  lastOutreach: Date | null;
}

export function ownTextKey(programId: string, key: string, channel: string, locale: string, variant: string): string {
  return [programId, key, channel, locale, variant].join('|');
}

function idsIn(rows: MessageRow[]): string[] {
  const listed = (given: unknown): unknown[] => (Array.isArray(given) ? given : []);
  const named = rows.flatMap(({ personId, fields }) => [
    ...[personId, fields.mentorId, fields.menteeId, fields.personId, fields.contactId, fields.openedBy, fields.by],
    ...listed(fields.mentorIds),
  ]);
  return [...new Set(named.filter((id): id is string => typeof id === 'string'))];
}

/** Reads everything that these rows need, in a fixed number of statements. */
export async function readWording(on: Queryable, rows: MessageRow[]): Promise<Wording> {
  const programIds = [...new Set(rows.map((row) => row.programId))];
  const pairIds = [...new Set(rows.flatMap((row) => row.pairIds))];
  const templates = new Set(rows.map((row) => row.template));
  const [programs, staff, own] = await Promise.all([
    queryRows<{ id: string; document: ProgramDocument }>(
      on,
      `select p.id, v.document from programs p join program_versions v on v.program_id = p.id and v.version = p.version
       where p.id = any($1::text[])`,
      programIds,
    ),
    queryRows<{ id: string; staff: StaffIds }>(on, 'select id, staff from pairs where id = any($1::text[])', pairIds),
    queryRows<{
      program_id: string;
      key: string;
      channel: string;
      locale: string;
      variant: string;
      subject: string | null;
      body: string;
    }>(
      on,
      'select program_id, key, channel, locale, variant, subject, body from templates where program_id = any($1::text[]) and key = any($2::text[])',
      programIds,
      [...templates],
    ),
  ]);
  const operations = [...programs.map((row) => row.document.staff), ...staff.map((row) => row.staff)];
  const people = await queryRows<{
    id: string;
    name: string;
    locale: string | null;
    email: string | null;
    phone: string | null;
  }>(on, 'select id, name, locale, email, phone from people where id = any($1::text[])', [
    ...new Set([...idsIn(rows), ...operations.flatMap((ids) => (ids.operations ? [ids.operations] : []))]),
  ]);
  return {
    people: new Map(people.map((row) => [row.id, row])),
    programs: new Map(programs.map((row) => [row.id, row.document])),
    pairStaff: new Map(staff.map((row) => [row.id, row.staff])),
    ownTexts: new Map(
      own.map((row) => [
        ownTextKey(row.program_id, row.key, row.channel, row.locale, row.variant),
        { subject: row.subject ?? undefined, body: row.body },
      ]),
    ),
    texted: rows.some((row) => row.channel === 'sms') ? await readTexted(on, rows) : new Set(),
    reminders: templates.has('escalation-flag') ? await readReminders(on, pairIds) : new Map(),
    requests: await readRequestWords(on, rows),
    broadcasts: await readBroadcastWords(on, rows),
    contacts: await readContactWords(on, rows),
    otherPairs: await readOtherPairs(on, rows),
    comments: await readPairComments(on, rows),
    resources: await readResourcesFor(on, rows, (id) => people.find((row) => row.id === id)?.locale ?? null),
    focus: templates.has('focus-digest') ? await readFocus(on, programIds) : new Map(),
  };
}

async function readRequestWords(on: Queryable, rows: MessageRow[]): Promise<Map<string, RequestWords>> {
  const ids = rows.flatMap(({ fields }) => (typeof fields.requestId === 'string' ? [fields.requestId] : []));
  if (ids.length === 0) return new Map();
  const found = await queryRows<RequestWords & { id: string }>(
    on,
    `select r.id, r.message, r.reply,
       exists (select from people p where p.id in (r.mentee_id, r.mentor_id) and p.is_minor) as "withMinor",
       exists (select from cases c join case_entries e on e.case_id = c.id
         where c.kind = 'safety' and c.owner = 'intake' and c.program_id = r.program_id
           and c.person_id in (r.mentee_id, r.mentor_id)
           and split_part(e.code, ':', 1) in ('written_in', 'concern_again')
           and split_part(e.code, ':', 2) in (r.id, r.id || '-answer-' || r.round)) as "withDanger"
     from requests r where r.id = any($1::text[])`,
    ids,
  );
  return new Map(found.map((row) => [row.id, row]));
}

async function readTexted(on: Queryable, rows: MessageRow[]): Promise<Set<string>> {
  const people = [...new Set(rows.filter((row) => row.channel === 'sms').map((row) => row.personId))];
  const found = await queryRows<{ name: string }>(
    on,
    `select distinct person_id || '|' || program_id as name from messages
     where person_id = any($1::text[]) and channel = 'sms' and state = 'sent'`,
    people,
  );
  return new Set(found.map((row) => row.name));
}

async function readReminders(on: Queryable, pairIds: string[]): Promise<Map<string, ReminderFact[]>> {
  const found = await queryRows<{ pair_id: string; fact: ReminderFact }>(
    on,
    `select pair_id, r.fact from unnest($1::text[]) as pair_id
     join lateral (select fact from (${reminderFacts('pair_id')} limit 4) latest) r on true`,
    pairIds,
  );
  const byPair = new Map<string, ReminderFact[]>();
  for (const { pair_id: pairId, fact } of found) byPair.set(pairId, [fact, ...(byPair.get(pairId) ?? [])]);
  return byPair;
}

async function readFocus(on: Queryable, programIds: string[]): Promise<Map<string, FocusFact[]>> {
  const found = await queryRows<{
    program_id: string;
    pair_id: string;
    mentor: string;
    mentee: string;
    reason: string;
    streak: number | null;
    since: Date;
    assignee: string | null;
    supervisor: string | null;
    outreach: Date | null;
  }>(
    on,
    // Somebody who was erased has no name; the list goes on without it.
    `select c.program_id, c.pair_id, coalesce(nullif(mentor.name, ''), mentor.id) as mentor,
       coalesce(nullif(mentee.name, ''), mentee.id) as mentee, c.reason, c.opened_at as since,
       (c.details->>'streak')::int as streak, c.assignee, c.supervisor,
       (select max(j.occurred_at) from journal j where j.pair_id = c.pair_id and j.type = 'outreach.recorded') as outreach
     from cases c join pairs p on p.id = c.pair_id
     join people mentor on mentor.id = p.mentor_id join people mentee on mentee.id = p.mentee_id
     where c.program_id = any($1::text[]) and c.kind = 'escalation' and c.state in ('open', 'acknowledged')
     order by c.opened_at, c.id`,
    programIds,
  );
  const focus = new Map<string, FocusFact[]>();
  for (const row of found) {
    const fact: FocusFact = {
      pairId: row.pair_id,
      mentorName: row.mentor,
      menteeName: row.mentee,
      reason: row.reason,
      streak: row.streak ?? 0,
      since: row.since,
      lastOutreach: row.outreach,
    };
    for (const personId of new Set([row.assignee, row.supervisor])) {
      if (personId === null) continue;
      const name = `${row.program_id}|${personId}`;
      focus.set(name, [...(focus.get(name) ?? []), fact]);
    }
  }
  return focus;
}
