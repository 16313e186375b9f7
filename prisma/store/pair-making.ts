import { idOf } from '../../policy/pair/context.ts';
import type { ProgramDocument, StaffIds } from '../../policy/program.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, queryRows, type Transaction } from '../database.ts';
import { noteMenteeMoved } from './notes.ts';
import { writePairEntry } from './own-entries.ts';
import { isClassOf, type Leads, leadsOf } from './pair-terms.ts';
import { notToBeMatched, type ProgramLimit } from './people.ts';
import { endRematchesOf } from './rematches.ts';
import { endRequestsForPair } from './request-endings.ts';

export interface NewPair {
  id: string;
  /** Id of its workflow. */
  owner: string;
  programId: string;
  mentorId: string;
  menteeId: string;
  classId: string | null;
  matchedAt: Instant;
  staff: StaffIds;
  history: Record<string, unknown>;
  /** Why staff make it although something stands against it for now; null where they do not. */
  override: string | null;
  /** Digest of what the caller sent, by which the same request is told from another one. */
  digest: string;
}

export type PairMaking =
  | { outcome: 'created' | 'same' }
  /** There is a pair with this id that was made otherwise. */
  | { outcome: 'taken' }
  /** These fields name what does not exist for the caller, or does not belong to the program. */
  | { outcome: 'unknown'; fields: Array<'programId' | 'mentorId' | 'menteeId' | 'classId'> }
  /** Somebody may be in no new pair. */
  | { outcome: 'refused'; code: PairObstacle; field: 'mentorId' | 'menteeId'; rematchAfter?: Date };

/**
 * Somebody who was removed or has not confirmed to go on (S9) gets no new pair. Staff may override that somebody opted out
 * (S9), is in an open safety case (K6), is not to be matched again (T6), or waits for a re-match and may not be matched yet
 * (T5).
 */
export type PairObstacle = 'removed' | 'unconfirmed' | 'opted_out' | 'held' | 'not_to_be_matched' | 'rematch_cooldown';

interface Party {
  id: string;
  isMinor: boolean;
  removed: boolean;
  unconfirmed: boolean;
  optedOut: boolean;
  held: boolean;
  notToBeMatched: boolean;
  /** Null where they wait for no re-match. */
  rematchAfter: Date | null;
  consented: boolean;
}

/**
 * Makes a pair with its first journal entry, which also takes up the events that waited for it (E3). One transaction;
 * the program's row is locked against a new version, and those of both people so that pairs are counted one after the
 * other. What they still had pending with each other, or has no room any more, ends with it (R12). A minor mentee whose
 * guardian has not consented gets a case (V9).
 */
export function createPair(
  database: Database,
  pair: NewPair,
  caller: { programIds: ProgramLimit; now: Instant },
): Promise<PairMaking> {
  return database.$transaction((on) => makePair(on, pair, caller));
}

/** `createPair` as part of a transaction that writes more than the pair. */
export async function makePair(
  on: Transaction,
  pair: NewPair,
  caller: { programIds: ProgramLimit; now: Instant },
): Promise<PairMaking> {
  const earlier = await digestOfPair(on, pair.id);
  if (earlier !== null) return { outcome: earlier === pair.digest ? 'same' : 'taken' };
  const program = await lockProgram(on, pair.programId, caller.programIds);
  if (!program) return { outcome: 'unknown', fields: ['programId'] };
  const parties = await lockParties(on, pair, caller.programIds);
  const unknown = await unknownFields(on, pair, parties);
  if (unknown.length > 0) return { outcome: 'unknown', fields: unknown };
  for (const field of ['mentorId', 'menteeId'] as const) {
    const party = parties.get(pair[field]);
    const code = party && obstacleTo(party, pair.override !== null, caller.now);
    if (code === 'rematch_cooldown' && party?.rematchAfter)
      return { outcome: 'refused', code, field, rematchAfter: party.rematchAfter };
    if (code) return { outcome: 'refused', code, field };
  }
  const leads = leadsOf(pair.staff, program.document.staff);
  if (!(await insertPair(on, pair, leads, program.version, caller.now))) {
    return { outcome: (await digestOfPair(on, pair.id)) === pair.digest ? 'same' : 'taken' };
  }
  const data = pair.override === null ? {} : { override: true, reason: pair.override };
  const entry = { type: 'pair.opened', ref: openedRef(pair.id), pair, data, digest: pair.digest } as const;
  await writePairEntry(on, { ...entry, now: caller.now });
  await unpark(on, pair);
  const mentee = parties.get(pair.menteeId);
  if (mentee?.isMinor && !mentee.consented) await openConsentCase(on, pair, leads, caller.now);
  await endRequestsForPair(on, pair, caller.now);
  await endRematchesOf(on, [pair.mentorId, pair.menteeId], pair.programId);
  await noteMenteeMoved(on, { ...pair, about: pair.id, now: caller.now });
  return { outcome: 'created' };
}

/** What is safest is said first. */
function obstacleTo(party: Party, overridden: boolean, now: Instant): PairObstacle | null {
  if (party.removed) return 'removed';
  if (party.unconfirmed) return 'unconfirmed';
  if (overridden) return null;
  if (party.optedOut) return 'opted_out';
  if (party.held) return 'held';
  if (party.notToBeMatched) return 'not_to_be_matched';
  return party.rematchAfter && party.rematchAfter.getTime() > now ? 'rematch_cooldown' : null;
}

function openedRef(pairId: string): string {
  return `pair.opened:${pairId}`;
}

async function digestOfPair(on: Transaction, pairId: string): Promise<string | null> {
  const sql = `
    select coalesce(j.digest, '') as digest from pairs
    left join journal j on j.source = 'tandem' and j.event_id = $2 where pairs.id = $1`;
  const [row] = await queryRows<{ digest: string }>(on, sql, pairId, openedRef(pairId));
  return row?.digest ?? null;
}

/** The program as it is now, locked against a new version; null where there is none for the caller. */
export async function lockProgram(
  on: Transaction,
  id: string,
  programIds: ProgramLimit,
): Promise<{ version: number; document: ProgramDocument } | null> {
  if (programIds !== null && !programIds.includes(id)) return null;
  await execute(on, 'select from programs where id = $1 for share', id);
  const sql = `
    select v.version, v.document from programs p
    join program_versions v on v.program_id = p.id and v.version = p.version where p.id = $1`;
  const [program] = await queryRows<{ version: number; document: ProgramDocument }>(on, sql, id);
  return program ?? null;
}

/** Mentor and mentee, as far as they exist for the caller; a limited key sees the people of its programs only. */
async function lockParties(on: Transaction, pair: NewPair, programIds: ProgramLimit): Promise<Map<string, Party>> {
  const sql = `
    select people.id, is_minor as "isMinor",
      (removed_at is not null or erased_at is not null or exists (
        select from enrolments e where e.person_id = people.id and e.program_id = $2 and e.state = 'removed')) as removed,
      exists (select from enrolments e
        where e.person_id = people.id and e.program_id = $2 and e.state = 'unconfirmed') as unconfirmed,
      exists (select from enrolments e
        where e.person_id = people.id and e.program_id = $2 and e.state = 'optedOut') as "optedOut",
      exists (select from cases c left join pairs other on other.id = c.pair_id
        where c.kind = 'safety' and c.state in ('open', 'acknowledged')
          and (people.id in (c.person_id, other.mentor_id, other.mentee_id)
          or c.pair_id is null and people.guardian_id = c.person_id)) as held,
      not available and coalesce(unavailable_reason = '${notToBeMatched}', false) as "notToBeMatched",
      (select r.eligible_at from rematches r where r.person_id = people.id and r.program_id = $2) as "rematchAfter",
      coalesce((select c.granted and c.by_person_id = people.guardian_id from consents c
        where c.person_id = people.id and c.channel = 'contact' order by c.id desc limit 1), false) as consented
    from people
    where people.id = any($1::text[]) and ($3::text[] is null or exists (
      select from enrolments e where e.person_id = people.id and e.program_id = any($3::text[])))
    order by people.id for no key update of people`;
  const rows = await queryRows<Party>(on, sql, [pair.mentorId, pair.menteeId], pair.programId, programIds);
  return new Map(rows.map((party) => [party.id, party]));
}

async function unknownFields(
  on: Transaction,
  pair: NewPair,
  parties: Map<string, Party>,
): Promise<Array<'mentorId' | 'menteeId' | 'classId'>> {
  const unknown = (['mentorId', 'menteeId'] as const).filter((field) => !parties.has(pair[field]));
  const hasClass = pair.classId === null || (await isClassOf(on, pair.classId, pair.programId));
  return hasClass ? unknown : [...unknown, 'classId'];
}

async function insertPair(
  on: Transaction,
  pair: NewPair,
  leads: Leads,
  version: number,
  now: Instant,
): Promise<boolean> {
  const sql = `
    insert into pairs (id, owner, program_id, mentor_id, mentee_id, class_id, staff, coordinator_id, supervisor_id, history,
      matched_at, created_at, state, policy_version, conversations, meetings)
    values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10::jsonb, $11, $12, 'active', $13,
      coalesce(($10::jsonb->>'conversations')::int, 0), coalesce(($10::jsonb->>'meetings')::int, 0))
    on conflict do nothing`;
  const { id, owner, programId, mentorId, menteeId, classId, staff, history, matchedAt } = pair;
  const parties = [id, owner, programId, mentorId, menteeId, classId];
  const terms = [JSON.stringify(staff), leads.coordinator, leads.supervisor, JSON.stringify(history)];
  return (await execute(on, sql, ...parties, ...terms, new Date(matchedAt), new Date(now), version)) === 1;
}

/** Events that came before their pair are its own from now on (E3). */
async function unpark(on: Transaction, { id, owner, programId }: NewPair): Promise<void> {
  const sql = `
    update journal set state = 'recorded', owner = $2, program_id = $3, pair_id = $1
    where state = 'parked' and subject = $1 and type not like 'person.%'
      and (allowed_programs is null or $3 = any(allowed_programs))`;
  await execute(on, sql, id, owner, programId);
}

/** Reason of the case by which staff learn that a minor's guardian has not consented (V9). */
export const consentMissing = 'guardian_consent_missing';

async function openConsentCase(on: Transaction, pair: NewPair, leads: Leads, now: Instant): Promise<void> {
  const key = `${pair.programId}/${pair.id}/guardian-consent`;
  const sql = `
    insert into cases (id, key, owner, kind, program_id, pair_id, person_id, state, assignee, supervisor, reason, facts,
      details, opened_at)
    values ($1, $2, 'import', 'task', $3, $4, $5, 'open', $6, $7, $8, '{}', '{}', $9)
    on conflict (key) do nothing`;
  const values = [idOf('case', key), key, pair.programId, pair.id, pair.menteeId, leads.coordinator, leads.supervisor];
  await execute(on, sql, ...values, consentMissing, new Date(now));
}
