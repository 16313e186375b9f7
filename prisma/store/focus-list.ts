import type { ReminderFact } from '../../policy/delivery/reach.ts';
import type { Instant } from '../../policy/time.ts';
import { type Queryable, queryRows } from '../database.ts';
import type { PairRecord } from './pairs.ts';
import type { ProgramLimit } from './people.ts';
import { reminderFacts } from './reminder-facts.ts';

/** The Focus List and the health of a program: what needs somebody's attention. */

export interface FocusRecord {
  caseId: string;
  pairId: string;
  programId: string;
  reason: string;
  state: string;
  details: { streak?: number };
  since: Date;
  projection: PairRecord['projection'];
  lastOutreach: Date | null;
  /** The mentor's reminders since the first week that the case rests on. */
  reminders: ReminderFact[];
  notes: number;
}

/** Outreach by someone who is no participant, not taken back (W9). */
const outreach = `
  from journal j
  where j.owner = p.owner and j.type = 'outreach.recorded' and j.data->>'retracts' is null
    and coalesce(j.data->>'by', '') not in ('mentor', 'mentee', 'guardian', p.mentor_id, p.mentee_id)
    and not exists (select from journal r where r.owner = j.owner and r.data->>'retracts' = j.ref)`;

/** Since when reminders count for a case: the first week that it rests on; of a staff-opened one four weeks before. */
const remindedSince = `coalesce(
  to_timestamp((c.details->>'from')::float8 / 1000), c.opened_at - interval '28 days')`;

const focusSql = `
  select c.id as "caseId", c.pair_id as "pairId", c.program_id as "programId", c.reason, c.state, c.details,
    c.opened_at as since, p.projection, reached.at as "lastOutreach",
    (select coalesce(jsonb_agg(r.fact), '[]'::jsonb) from (${reminderFacts('p.id', `m.planned_for >= ${remindedSince}`)} limit 50) r)
      as reminders,
    (select count(*)::int from case_entries e where e.case_id = c.id and e.code = 'note') as notes
  from cases c
  join pairs p on p.id = c.pair_id
  left join lateral (select max(j.occurred_at) as at ${outreach}) reached on true
  where c.kind = 'escalation' and c.state in ('open', 'acknowledged')
    and ($1::text is null or c.assignee = $1) and ($2::text is null or c.supervisor = $2)
    and ($3::text is null or c.program_id = $3) and ($4::text[] is null or c.program_id = any($4::text[]))
    and ($5::timestamptz is null or (c.opened_at, c.id) > ($5, $6::text))
  order by c.opened_at, c.id limit $7::int`;

/**
 * Escalated pairs of a coordinator or a supervisor, the oldest escalation first, in one statement (W20).
 * @param after opening (epoch milliseconds) and case of the last item seen
 */
export function listFocus(
  on: Queryable,
  of: { coordinator: string | null; supervisor: string | null; programId: string | null },
  page: { programIds: ProgramLimit; after: [Instant, string] | null; limit: number },
): Promise<FocusRecord[]> {
  const [openedAt, id] = page.after ?? [null, null];
  const after = openedAt === null ? null : new Date(openedAt);
  const whose = [of.coordinator, of.supervisor, of.programId, page.programIds];
  return queryRows(on, focusSql, ...whose, after, id, page.limit);
}

interface OpenCaseItem {
  caseId: string;
  kind: string;
  pairId: string | null;
  /** RFC 3339. */
  since: string;
}

export interface HealthRecord {
  unrouted: OpenCaseItem[];
  unreachable: Array<{ personId: string; caseId: string; since: string }>;
  overdue: OpenCaseItem[];
  parked: number;
  guardianConsentMissing: Array<{ personId: string; pairId: string }>;
  profileIncomplete: string[];
  parkedChannels: Array<{ name: string; code: string | null; since: string }>;
  unknownSends: Array<{ messageId: string; channel: string; since: string }>;
  quarantinedReports: Array<{ provider: string; status: string; code: string | null; since: string }>;
}

const openCase = `jsonb_build_object('caseId', c.id, 'kind', c.kind, 'pairId', c.pair_id, 'since', c.opened_at)`;
const openOnes = `c.program_id = $1 and c.state in ('open', 'acknowledged')`;

/** A list of at most 200, as JSON. */
function listed(item: string, rows: string): string {
  return `(select coalesce(jsonb_agg(item), '[]'::jsonb) from (select ${item} as item ${rows} limit 200) listed)`;
}

const healthSql = `
  select
    ${listed(openCase, `from cases c where ${openOnes} and c.assignee is null and ($3::boolean or c.kind <> 'safety') order by c.opened_at, c.id`)} as unrouted,
    ${listed(
      `jsonb_build_object('personId', c.person_id, 'caseId', c.id, 'since', c.opened_at)`,
      `from cases c where ${openOnes} and c.kind = 'unreachable' and c.person_id is not null order by c.opened_at, c.id`,
    )} as unreachable,
    ${listed(
      openCase,
      `from cases c join pairs p on p.id = c.pair_id
       where ${openOnes} and c.kind = 'escalation' and c.opened_at <= $2::timestamptz - interval '7 days'
         and not exists (select ${outreach} and j.received_at > greatest(c.opened_at, $2::timestamptz - interval '7 days'))
       order by c.opened_at, c.id`,
    )} as overdue,
    (select count(*)::int from journal j
      where j.state = 'parked' and (j.allowed_programs is null or $1 = any(j.allowed_programs))) as parked,
    ${listed(
      `jsonb_build_object('personId', p.mentee_id, 'pairId', p.id)`,
      `from pairs p join people on people.id = p.mentee_id
       where p.program_id = $1 and p.state <> 'closed' and people.is_minor and not coalesce((
         select k.granted and k.by_person_id = people.guardian_id from consents k
         where k.person_id = people.id and k.channel = 'contact' order by k.id desc limit 1), false)
       order by p.created_at, p.id`,
    )} as "guardianConsentMissing",
    ${listed(
      'to_jsonb(e.person_id)',
      `from enrolments e where e.program_id = $1 and e.role = 'mentor' and not e.profile_complete order by e.person_id`,
    )} as "profileIncomplete",
    ${listed(
      `jsonb_build_object('name', h.provider, 'code', h.code, 'since', h.parked_at)`,
      'from channels h where h.provider = any($4::text[]) and h.parked_at is not null order by h.provider',
    )} as "parkedChannels",
    ${listed(
      `jsonb_build_object('messageId', m.id, 'channel', m.channel, 'since', s.claimed_at)`,
      `from sends s join messages m on m.send_id = s.id
       where s.state = 'unknown' and s.claimed_at <= $2::timestamptz - interval '15 minutes' and m.program_id = $1
         and ($3::boolean or m.classification->>'safety' is distinct from 'true')
       order by s.claimed_at, m.id`,
    )} as "unknownSends",
    ${listed(
      `jsonb_build_object('provider', r.provider, 'status', r.status, 'code', r.code, 'since', r.received_at)`,
      `from provider_reports r where r.state = 'quarantined' order by r.received_at, r.report_key`,
    )} as "quarantinedReports"`;

/**
 * What is amiss in a program as of `now`: cases that nobody has, people whom nothing reaches, escalations without
 * outreach for 7 days (W11), events of unknown subjects, minors without consent (V9), incomplete mentors (R18), and what
 * of the providers waits for a person: parked channels, sends unknown for 15 minutes, reports of unknown sends (M10).
 * @param providers the names of those who carry mail and texts
 */
export async function readHealth(
  on: Queryable,
  programId: string,
  now: Instant,
  { safety, providers }: { safety: boolean; providers: string[] },
): Promise<HealthRecord> {
  const [health] = await queryRows<HealthRecord>(on, healthSql, programId, new Date(now), safety, providers);
  return health as HealthRecord;
}
