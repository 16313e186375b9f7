import type { PairEvent } from '../../event.ts';
import type { Respondent } from '../../sections/check-ins.ts';
import { DAY, type Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { sortedIn } from '../facts.ts';

/** A recorded contact with a respondent, in whatever mode and whoever started it (K3). */
export interface Contact {
  ref: string;
  respondent: Respondent;
  mode: string;
  /** Person id or role of who recorded it. */
  by: string | null;
  at: Instant;
  receivedAt: Instant;
  /** Came too late to act: it counts in records alone (E2). */
  history: boolean;
}

export interface CheckInsState {
  /** In order of when they occurred. */
  contacts: Contact[];
  retracted: string[];
  /** Taken back by what came too late to act: they count for what acts, and in no record (E2). */
  retractedLate: string[];
  /** When staff last resolved a case of each family (its key without pair and date): what was told by then is settled. */
  resolved: Record<string, Instant>;
  /** Since when a minor's guardian was found missing (K2). */
  guardianMissingSince: Instant | null;
  /** Since when the section is on; null: not yet. The versions that say so are not kept for ever. */
  onSince: Instant | null;
}

export function noContacts(ctx: PairContext): CheckInsState {
  return {
    contacts: [],
    retracted: [],
    retractedLate: [],
    resolved: {},
    guardianMissingSince: null,
    onSince: firstOn(ctx),
  };
}

/** Since when the section is on, as far as the versions tell; the first of a pair also decides what lies before it. */
function firstOn({ policies }: PairContext): Instant | null {
  const first = policies.find(({ policy }) => policy.checkIns);
  if (!first) return null;
  return first === policies[0] ? 0 : first.since;
}

/** Since when check-ins are asked for; null while they are not (V7). */
export function onSince(state: CheckInsState, ctx: PairContext): Instant | null {
  return state.onSince ?? firstOn(ctx);
}

/** Contacts by phone, video or in person (K4). */
export function isLive(mode: string): boolean {
  return mode === 'phone' || mode === 'video' || mode === 'in_person';
}

/** The facts with one more event in them. */
export function withContact(before: CheckInsState, event: PairEvent, ctx: PairContext): CheckInsState {
  const since = onSince(before, ctx);
  const state = since === before.onSince ? before : { ...before, onSince: since };
  if (event.type === 'checkin.recorded') return withRecorded(state, event);
  if (event.type === 'case.resolved') return withResolved(state, event);
  // Whoever is missing after this goes missing anew.
  if (event.type === 'person.changed' && ctx.guardianId !== null && state.guardianMissingSince !== null)
    return { ...state, guardianMissingSince: null };
  return state;
}

function withRecorded(state: CheckInsState, event: PairEvent): CheckInsState {
  const { data, ref, at, receivedAt } = event;
  if (data.retracts !== undefined) {
    const list = event.history ? 'retractedLate' : 'retracted';
    if (state[list].includes(data.retracts)) return state;
    return { ...state, [list]: [...state[list], data.retracts].sort() };
  }
  const { respondent, mode, by = null } = data as { respondent: Respondent; mode: string; by?: string };
  const contact = { ref, respondent, mode, by, at, receivedAt, history: event.history === true };
  const contacts = sortedIn(state.contacts, contact, (item) => item.at);
  return contacts === state.contacts ? state : { ...state, contacts };
}

/** What cases of this concern are about, which stands in their keys. */
const caseTopics = ['check-in-overdue', 'live-contact', 'guardian-missing'];

function withResolved(state: CheckInsState, { data, receivedAt }: PairEvent): CheckInsState {
  const family = data.caseKey?.split('/').slice(2) ?? [];
  if (!caseTopics.includes(family[0] ?? '')) return state;
  const name = family.join('/');
  if (receivedAt <= (state.resolved[name] ?? 0)) return state;
  const resolved = Object.entries({ ...state.resolved, [name]: receivedAt });
  return { ...state, resolved: Object.fromEntries(resolved.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** When staff last resolved a case about a respondent, or the guardian's; what was told by then is not told again. */
export function resolvedAt(family: string, state: CheckInsState): Instant {
  return state.resolved[family] ?? Number.NEGATIVE_INFINITY;
}

/** The contacts that count, oldest first. */
export function contactsOf(state: CheckInsState, respondent: Respondent, counting: { history: boolean }): Contact[] {
  return state.contacts.filter(
    (contact) =>
      contact.respondent === respondent &&
      (counting.history || !contact.history) &&
      !state.retracted.includes(contact.ref) &&
      !(counting.history && state.retractedLate.includes(contact.ref)),
  );
}

/** The last contact with a respondent that acts. */
export function lastContact(respondent: Respondent, state: CheckInsState): Contact | null {
  return contactsOf(state, respondent, { history: false }).at(-1) ?? null;
}

/** Quarters and records look back no further. */
const keptFor = 200 * DAY;
/** What is owed rests on the last contact, and on some before it: one may be taken back. */
const keptLast = 5;
/** So long before a contact others may tell on which check-in it satisfied. */
const keptBefore = 130 * DAY;

/** Keeps what quarters and records look at, and what decides about check-ins since the last contact. */
export function compactContacts(state: CheckInsState, now: Instant): CheckInsState {
  const contacts = state.contacts.filter(({ respondent, at, receivedAt }) => {
    const [earliest] = contactsOf(state, respondent, { history: false }).slice(-keptLast);
    return Math.max(at, receivedAt) >= Math.min(now - keptFor, (earliest?.at ?? now) - keptBefore);
  });
  const gone = new Set(state.contacts.filter((contact) => !contacts.includes(contact)).map(({ ref }) => ref));
  const standing = (refs: string[]): string[] => refs.filter((ref) => !gone.has(ref));
  const { retracted, retractedLate } = state;
  return { ...state, contacts, retracted: standing(retracted), retractedLate: standing(retractedLate) };
}
