import { idOf } from '../pair/context.ts';
import type { MessageStep } from '../step.ts';
import { type Instant, MINUTE } from '../time.ts';
import type { Classification, MessageRow } from './row.ts';

/** What one owner's say is written with. */
export interface SayContext {
  owner: string;
  programId: string;
  pairIds: string[];
  zone: string;
  policyVersion: number;
  gatherMinutes: number;
  classify: (template: string, variant?: string | null) => Classification;
}

export interface RowChanges {
  /** Rows to insert or to overwrite by key. */
  upsert: MessageRow[];
  /** Keys of waiting rows that are no longer true. */
  withdrawn: string[];
  /** Keys of waiting rows whose time has passed. */
  expired: string[];
  /** Keys of claimed and sent rows that are not to be handed over again. */
  marked: string[];
  /** Keys of such rows that are named again. */
  unmarked: string[];
}

function notBeforeOf(step: MessageStep, classification: Classification, now: Instant, say: SayContext): Instant {
  if (step.planned) return step.slot;
  if (classification.urgent || classification.transactional) return now;
  return gatheredAt(now, say.gatherMinutes);
}

/** When what was said at `now` has gathered with others of its kind: from the minute of acceptance. */
export function gatheredAt(now: Instant, gatherMinutes: number): Instant {
  return (Math.floor(now / MINUTE) + gatherMinutes) * MINUTE;
}

function rowOf(step: MessageStep, now: Instant, say: SayContext): MessageRow {
  const classification = say.classify(step.template, step.variant);
  return {
    id: idOf('msg', step.key),
    key: step.key,
    stepKey: step.stepKey,
    owner: say.owner,
    programId: say.programId,
    pairIds: say.pairIds,
    personId: step.personId,
    role: step.role,
    template: step.template,
    variant: step.variant,
    channel: step.channel,
    fallbackFrom: null,
    classification,
    fields: step.fields,
    zone: say.zone,
    state: step.skip ? 'skipped' : 'waiting',
    reason: step.skip ?? null,
    planned: step.planned,
    plannedFor: step.slot,
    notBefore: notBeforeOf(step, classification, now, say),
    expiresAt: step.expiresAt,
    onlyIfSent: step.onlyIfSent ?? null,
    mailTwin: step.mailTwin ?? null,
    withdrawn: false,
    attempts: 0,
    retriedPassing: false,
    policyVersion: say.policyVersion,
    because: step.because,
    acceptedAt: now,
  };
}

function isClaimed(row: MessageRow): boolean {
  return row.state !== 'waiting' && row.state !== 'skipped';
}

/** Whether someone was told, or may have been: also in one message with others. */
function wasSaid(row: MessageRow): boolean {
  return isClaimed(row) || row.reason === 'merged';
}

/** What is under way may come back to be sent again; so may what went, when it is reported as not delivered in time (M6). */
export function mayGoAgain(row: MessageRow, now: Instant): boolean {
  if (row.state === 'sending' || row.state === 'unknown') return true;
  return (row.state === 'sent' || row.reason === 'merged') && now < row.expiresAt;
}

function readsAlike(row: MessageRow, next: MessageRow): boolean {
  const words = (item: MessageRow): string =>
    JSON.stringify([item.personId, item.template, item.variant, item.fields, item.because, item.onlyIfSent, item.role]);
  return row.plannedFor === next.plannedFor && row.expiresAt === next.expiresAt && words(row) === words(next);
}

/** A waiting row takes the new words and times; one already gathering keeps its place, one that fell back its channel. */
function moved(row: MessageRow, next: MessageRow): MessageRow | null {
  if (next.state === 'waiting' && readsAlike(row, next)) return null;
  const notBefore = next.planned ? next.notBefore : row.notBefore;
  return { ...next, acceptedAt: row.acceptedAt, notBefore, channel: row.channel, fallbackFrom: row.fallbackFrom };
}

/** A notice that the mailbox gave up with the message it is about stays given up. */
function revived(row: MessageRow, next: MessageRow): MessageRow | null {
  if (next.state !== 'waiting') return null;
  const later = next.plannedFor > row.plannedFor || next.expiresAt > row.expiresAt;
  return later || (row.reason === 'withdrawn' && row.onlyIfSent === null) ? next : null;
}

/**
 * Makes one owner's rows say exactly what stands now: the whole set, not a change to it, so that a say that ran twice or
 * was forgotten heals. A `waiting` row moves; one that was skipped before its first claim revives if it was withdrawn or
 * is named again with a later slot or expiry; a claimed one keeps its words and times.
 *
 * @param rows every row of this owner that can still change, and those of the same keys and step keys
 * @param standing every message that stands now
 */
export function reconcile(rows: MessageRow[], standing: MessageStep[], now: Instant, say: SayContext): RowChanges {
  if (rows.length === 0 && standing.length === 0)
    return { upsert: [], withdrawn: [], expired: [], marked: [], unmarked: [] };
  const byKey = new Map(rows.map((row) => [row.key, row]));
  const claimedSteps = new Set(rows.filter(wasSaid).map((row) => row.stepKey));
  const changes: RowChanges = { upsert: [], withdrawn: [], expired: [], marked: [], unmarked: [] };
  const named = new Set<string>();
  for (const step of standing) {
    named.add(step.key);
    const row = byKey.get(step.key);
    if (!row) {
      // What was already claimed for a role is not said again to its new holder.
      if (!claimedSteps.has(step.stepKey)) changes.upsert.push(rowOf(step, now, say));
    } else if (wasSaid(row)) {
      if (row.withdrawn) changes.unmarked.push(row.key);
    } else {
      const next = rowOf(step, now, say);
      const change = row.state === 'waiting' ? moved(row, next) : revived(row, next);
      if (change) changes.upsert.push(change);
    }
  }
  for (const row of rows) {
    if (row.owner !== say.owner || named.has(row.key)) continue;
    if (row.state === 'waiting') (now >= row.expiresAt ? changes.expired : changes.withdrawn).push(row.key);
    else if (mayGoAgain(row, now) && !row.withdrawn) changes.marked.push(row.key);
  }
  return changes;
}
