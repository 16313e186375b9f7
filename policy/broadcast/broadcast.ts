import type { MailboxContext } from '../mailbox/context.ts';
import { passGates } from '../mailbox/gates.ts';
import { gatheredAt } from '../mailbox/reconcile.ts';
import type { Classification, MessageRow } from '../mailbox/row.ts';
import { idOf } from '../pair/context.ts';
import type { Channel, SkipReason } from '../step.ts';
import { DAY, type Instant } from '../time.ts';

/** One message in the words of staff to the people of many pairs, each person once (T10). */

export type BroadcastAudience = 'mentor' | 'mentee' | 'both';

export interface Broadcast {
  id: string;
  programId: string;
  channel: Channel;
  /** It is meant for pairs that last: who is in none of them any more is not told. */
  whilePaired: boolean;
  /** Of the program as it is now. */
  policyVersion: number;
  gatherMinutes: number;
  classification: Classification;
}

/** Somebody in pairs that were filtered. */
export interface Candidate {
  personId: string;
  /** Who is both is written to as a mentor. */
  role: 'mentor' | 'mentee';
  /** In order. */
  pairIds: string[];
  /** Zone of a class, else of the program, for people without one of their own. */
  zone: string;
}

/** Somebody in pairs that were filtered, and whether the message goes to them as things stand. */
export interface Judged {
  row: MessageRow;
  /** Why it does not go; null where it does. */
  excluded: SkipReason | null;
  /** Over which channel it goes. */
  channel: Channel;
}

/** Where no rule says how long a message is of use. */
const standsFor = 7 * DAY;

/** Who owns the rows of a broadcast. */
export function broadcastOwner(id: string): string {
  return `broadcast:${id}`;
}

/** The broadcast that owns a row; null of any other owner. */
export function broadcastIdOf(owner: string): string | null {
  return owner.startsWith('broadcast:') ? owner.slice('broadcast:'.length) : null;
}

/** The message to one person. It holds no words: these are read when it is sent. */
export function rowFor(candidate: Candidate, broadcast: Broadcast, now: Instant): MessageRow {
  const { personId, role, pairIds, zone } = candidate;
  const { id, programId, channel, whilePaired, policyVersion, gatherMinutes, classification } = broadcast;
  const key = `${id}/${personId}`;
  return {
    id: idOf('msg', key),
    key,
    stepKey: key,
    owner: broadcastOwner(id),
    programId,
    pairIds,
    personId,
    role,
    template: 'custom',
    variant: null,
    channel,
    fallbackFrom: null,
    classification,
    fields: { broadcastId: id, ...(whilePaired ? { whilePaired } : {}) },
    zone,
    state: 'waiting',
    reason: null,
    planned: false,
    plannedFor: now,
    notBefore: gatheredAt(now, gatherMinutes),
    expiresAt: now + standsFor,
    onlyIfSent: null,
    mailTwin: null,
    withdrawn: false,
    attempts: 0,
    retriedPassing: false,
    policyVersion,
    because: { rule: 'T10', facts: [] },
    acceptedAt: now,
  };
}

/**
 * Whether a message passes the gates that every message passes (M1), as things stand. Who is excluded is told to staff at
 * once and not written to later: the row is in the ledger with the reason, and names the gate for whoever asks why.
 */
export function judge(row: MessageRow, ctx: MailboxContext, now: Instant): Judged {
  const verdict = passGates(row, ctx, now);
  if (verdict.pass) return { row, excluded: null, channel: row.channel };
  if (verdict.act === 'fall-back') return { row, excluded: null, channel: 'email' };
  const { reason, gate } = verdict;
  if (reason === null) return { row, excluded: null, channel: row.channel };
  const fields = { ...row.fields, excludedBy: gate };
  return { row: { ...row, state: 'skipped', reason, fields }, excluded: reason, channel: row.channel };
}
