import type { ProgramDocument, Weekday } from '../program.ts';
import { staffMail, staffMailFor } from '../staff-mail.ts';
import type { MessageStep } from '../step.ts';
import { addDays, DAY, dateOf, type Instant, instantOf, weekdayOf } from '../time.ts';
import type { FocusCase, ProgramConcern, ProgramContext } from './concern.ts';

/** The weekly digest of the Focus List to those who discuss it (W20). */

/** After an outage a digest is still of use for so long; an older one is skipped. */
const lateAtMost = DAY;

interface StaffReader {
  role: 'coordinator' | 'supervisor';
  personId: string;
}

export interface DigestState {
  /** The digest that was handled last, and who was told. */
  last: { at: Instant; readers: string[] } | null;
}

/** The digest's instant in the week that ends (`-1`) or begins (`1`) at `now`; null when there is no digest. */
function digestAt(now: Instant, { zone, policy }: ProgramDocument, direction: -1 | 1): Instant | null {
  const schedule = policy.classWeek?.focusDigest;
  if (!schedule) return null;
  const today = dateOf(now, zone);
  for (let days = 0; days <= 7; days++) {
    const at = onDay(addDays(today, days * direction), schedule, zone);
    if (at !== null && (direction < 0 ? at <= now : at > now)) return at;
  }
  return null;
}

function onDay(date: string, { weekday, at }: { weekday: Weekday; at: string }, zone: string): Instant | null {
  return weekdayOf(date) === weekday ? instantOf(date, at, zone) : null;
}

/** Everybody with an open case on the list: coordinators before supervisors, each person once. */
function readersOf(focus: FocusCase[]): StaffReader[] {
  const readers = new Map<string, StaffReader>();
  for (const role of ['coordinator', 'supervisor'] as const) {
    for (const { [role]: personId } of focus) {
      if (personId && !readers.has(personId)) readers.set(personId, { role, personId });
    }
  }
  return [...readers.values()].sort((a, b) => (a.personId < b.personId ? -1 : 1));
}

/** The coordinators whose lists a reader is shown: their own, and those of the cases that they supervise. */
function listsFor(personId: string, focus: FocusCase[]): Array<string | null> {
  const mine = focus.filter((entry) => entry.coordinator === personId || entry.supervisor === personId);
  const ids = [...new Set(mine.map((entry) => entry.coordinator))];
  return ids.sort((a, b) => ((a ?? '') < (b ?? '') ? -1 : 1));
}

function digestFor(reader: StaffReader, at: Instant, ctx: ProgramContext): MessageStep {
  const date = dateOf(at, ctx.document.zone);
  const fields = { date, coordinatorIds: listsFor(reader.personId, ctx.focus) };
  const because = { rule: 'W20', facts: [] };
  const mail = staffMail(`${ctx.programId}/${date}/focus-digest`, reader, 'focus-digest', at, fields, because);
  return { ...mail, planned: true };
}

function standing(
  state: DigestState,
  now: Instant,
  ctx: ProgramContext,
): { at: Instant; readers: StaffReader[] } | null {
  const at = digestAt(now, ctx.document, -1);
  if (at === null || at < ctx.createdAt) return null;
  const readers = readersOf(ctx.focus);
  const { last } = state;
  if (last && last.at >= at) {
    // Who came onto the list since then is told with the next digest.
    const told = readers.filter((reader) => last.readers.includes(reader.personId));
    return last.at === at && now < at + staffMailFor ? { at, readers: told } : null;
  }
  return now <= at + lateAtMost ? { at, readers } : null;
}

export const focusDigest: ProgramConcern<DigestState> = {
  open: () => ({ last: null }),
  due(state, now, ctx) {
    const digest = standing(state, now, ctx);
    const messages = digest ? digest.readers.map((reader) => digestFor(reader, digest.at, ctx)) : [];
    return { messages, cases: [] };
  },
  said(state, now, ctx) {
    const at = digestAt(now, ctx.document, -1);
    if (at === null || (state.last && state.last.at >= at)) return state;
    const readers = standing(state, now, ctx)?.readers ?? [];
    return { last: { at, readers: readers.map((reader) => reader.personId) } };
  },
  nextAt: (now, ctx) => digestAt(now, ctx.document, 1),
};
