import { minuteOfDay, minutesOf } from '../../../policy/time.ts';
import type { Entry } from '../../../runtime/local/provider-fake/journal.ts';

/**
 * What the providers saw, held against the ledger (M9). Pure. The journal of the provider fake is the truth; what the ledger
 * says of it has to be so, and what did not go out has to wait where it can be seen.
 */

/** A row of the ledger. Instants are epoch milliseconds. */
export interface LedgerRow {
  id: string;
  owner: string;
  channel: 'email' | 'sms';
  audience: 'participant' | 'staff';
  state: string;
  reason: string | null;
  pairIds: string[];
  /** Zone of the person, else of the row. */
  zone: string;
  /** When it is looked at again; null: at once. */
  lookAt: number | null;
  sendId: string | null;
}

export interface LedgerSend {
  id: string;
  channel: 'email' | 'sms';
  provider: string;
  address: string | null;
  messageIds: string[];
  state: string;
  /** What was last reported, as the ledger shows it. */
  status: string | null;
  claimedAt: number;
}

export interface Evidence {
  /** Ids of the messages that were asked for. */
  expected: string[];
  rows: LedgerRow[];
  sends: LedgerSend[];
  /** Every request that the providers got, in the order of their journal. */
  requests: readonly Entry[];
  /** Rows that were withdrawn, and when that was committed. */
  withdrawn: Array<{ messageId: string; at: number }>;
  /** Addresses that get nothing more. */
  suppressed: Array<{ address: string; at: number }>;
  /** Providers that take nothing at present. */
  closed: string[];
  /** Local times between which texts may arrive. */
  textHours: [string, string];
  /** Now, when nothing is under way any more. */
  at: number;
}

/** Ids of messages, or of sends and requests where no message is known. */
export interface Findings {
  /** The ledger says that it went, or does not know it, and no provider has it. */
  lost: string[];
  /** Accepted again, although the acceptance before had not been reported as undelivered by then. */
  twice: string[];
  /** Accepted, and nobody asked for it: no such send, or another address. */
  foreign: string[];
  /** Accepted, and the ledger says that it did not go. */
  denied: string[];
  /** Texts that arrived, or could have, outside their hours. */
  untimely: string[];
  /** Accepted for an address that gets nothing more. */
  suppressed: string[];
  /** Claimed although they had been withdrawn. */
  withdrawn: string[];
  /** Merged rows whose message does not speak for them. */
  unmerged: string[];
  /** Sends that were claimed while their provider had said to wait. */
  impatient: string[];
  /** Neither gone nor given up, nor visibly waiting for something. */
  stuck: string[];
}

export const noFindings: Findings = {
  lost: [],
  twice: [],
  foreign: [],
  denied: [],
  untimely: [],
  suppressed: [],
  withdrawn: [],
  unmerged: [],
  impatient: [],
  stuck: [],
};

/** Requests that were under way when a suppression became known, in milliseconds. */
const underWay = 100;
/** A wave is recorded by then after an answer in it, in milliseconds: a request is given up after a second. */
const recordedWithin = 1_500;
/** A row that is due is claimed by then, in milliseconds. */
const claimedWithin = 15_000;
/** Accepted, and reported as not delivered. */
const undelivered = ['undelivered', 'failed', 'bounce', 'dropped'];

/** Everything in which the providers and the ledger differ. */
export function findings(evidence: Evidence): Findings {
  const accepted = evidence.requests.filter((request) => request.accepted);
  const sends = new Map(evidence.sends.map((send) => [send.id, send]));
  const acceptancesOf = acceptancesByMessage(accepted, sends);
  return {
    lost: lost(evidence, acceptancesOf),
    twice: twice(acceptancesOf),
    foreign: foreign(accepted, sends),
    denied: evidence.rows.filter((row) => isDenied(row, acceptancesOf.get(row.id) ?? [])).map((row) => row.id),
    untimely: untimely(evidence, accepted, sends),
    suppressed: sentToSuppressed(evidence, accepted),
    withdrawn: sentThoughWithdrawn(evidence),
    unmerged: unmerged(evidence),
    impatient: impatient(evidence.requests, sends),
    stuck: evidence.rows.filter((row) => isStuck(row, evidence, sends)).map((row) => row.id),
  };
}

function acceptancesByMessage(accepted: Entry[], sends: Map<string, LedgerSend>): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>();
  for (const entry of accepted) {
    for (const id of sends.get(entry.sendId ?? '')?.messageIds ?? []) found.set(id, [...(found.get(id) ?? []), entry]);
  }
  return found;
}

/** The last that happened at the recipient among what was told; null where nothing was. */
export function lastTold({ to, reports }: Entry): Entry['reports'][number] | null {
  return reports.findLast(({ recipient, lost }) => recipient === to[0] && !lost) ?? null;
}

function wasUndelivered(entry: Entry): boolean {
  return undelivered.includes(lastTold(entry)?.status ?? '');
}

/** Whether the ledger says that a row went, alone or within another's message. */
function went({ state, reason }: LedgerRow): boolean {
  return state === 'sent' || reason === 'merged';
}

function lost({ expected, rows }: Evidence, acceptancesOf: Map<string, Entry[]>): string[] {
  const known = new Set(rows.map((row) => row.id));
  const claimed = rows.filter((row) => went(row) && !acceptancesOf.has(row.id)).map((row) => row.id);
  return [...expected.filter((id) => !known.has(id)), ...claimed];
}

function twice(acceptancesOf: Map<string, Entry[]>): string[] {
  const goesRightly = (next: Entry, before: Entry): boolean =>
    wasUndelivered(before) && Date.parse(lastTold(before)?.toldAt ?? '') <= Date.parse(next.arrivedAt);
  return [...acceptancesOf]
    .filter(([, all]) => !all.slice(1).every((next, index) => goesRightly(next, all[index] as Entry)))
    .map(([id]) => id);
}

function foreign(accepted: Entry[], sends: Map<string, LedgerSend>): string[] {
  return accepted
    .filter(({ sendId, to }) => {
      const send = sends.get(sendId ?? '');
      return !send || (send.address !== null && send.address !== to[0]);
    })
    .map((entry) => entry.sendId ?? String(entry.id));
}

function isDenied(row: LedgerRow, acceptances: Entry[]): boolean {
  const gone = acceptances.some((entry) => !wasUndelivered(entry));
  return gone && !went(row) && row.state !== 'unknown' && row.state !== 'sending';
}

/** Texts to participants: when they were accepted, and until when their provider may still deliver them (M2). */
function untimely({ rows, textHours }: Evidence, accepted: Entry[], sends: Map<string, LedgerSend>): string[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const [from, until] = textHours.map(minutesOf) as [number, number];
  const late = (entry: Entry, zone: string): boolean => {
    const minute = minuteOfDay(Date.parse(entry.at), zone);
    const minutesLeft = (entry.validityPeriodSeconds ?? 0) / 60;
    return minute < from || minute >= until || minute + minutesLeft > until + 1;
  };
  return accepted
    .filter((entry) => entry.provider === 'twilio')
    .flatMap((entry) => sends.get(entry.sendId ?? '')?.messageIds.map((id) => ({ entry, row: byId.get(id) })) ?? [])
    .filter(({ entry, row }) => row?.audience === 'participant' && late(entry, row.zone))
    .map(({ row }) => (row as LedgerRow).id);
}

function sentToSuppressed({ suppressed }: Evidence, accepted: Entry[]): string[] {
  return accepted
    .filter(({ to, arrivedAt }) =>
      suppressed.some(({ address, at }) => address === to[0] && Date.parse(arrivedAt) > at + underWay),
    )
    .map((entry) => entry.sendId ?? String(entry.id));
}

function sentThoughWithdrawn({ withdrawn, sends }: Evidence): string[] {
  return withdrawn
    .filter(({ messageId, at }) => sends.some((send) => send.messageIds.includes(messageId) && send.claimedAt > at))
    .map(({ messageId }) => messageId);
}

/** A merged row travelled in a send of which another row is the one that was sent, and names its pairs too (M4). */
function unmerged({ rows, sends }: Evidence): string[] {
  return rows
    .filter((row) => row.reason === 'merged')
    .filter((row) => {
      const together = sends.find((send) => send.id === row.sendId && send.messageIds.includes(row.id));
      const spoken = rows.find((other) => other.state === 'sent' && other.sendId === row.sendId);
      return !together || !spoken || !row.pairIds.every((pair) => spoken.pairIds.includes(pair));
    })
    .map((row) => row.id);
}

/** A limit is known once the wave of the refusal is recorded, and holds for everything that is claimed from then on. */
function impatient(requests: readonly Entry[], sends: Map<string, LedgerSend>): string[] {
  const limits = requests.flatMap(({ provider, at, fault }) => {
    if (fault?.answer !== 'status' || fault.status !== 429 || fault.retryAfterSeconds === undefined) return [];
    const answered = Date.parse(at) + (fault.delayMs ?? 0);
    return [{ provider, from: answered + recordedWithin, until: answered + fault.retryAfterSeconds * 1000 }];
  });
  return [...new Set(requests.flatMap(({ sendId }) => sends.get(sendId ?? '') ?? []))]
    .filter(({ provider, claimedAt }) =>
      limits.some((limit) => limit.provider === provider && claimedAt > limit.from && claimedAt < limit.until),
    )
    .map(({ id }) => id);
}

function isStuck(row: LedgerRow, { closed, at }: Evidence, sends: Map<string, LedgerSend>): boolean {
  const send = sends.get(row.sendId ?? '');
  switch (row.state) {
    case 'waiting': {
      const carrier = row.channel === 'email' ? 'sendgrid' : 'twilio';
      return !closed.includes(carrier) && (row.lookAt ?? 0) < at - claimedWithin;
    }
    case 'sending':
      return send?.state !== 'claimed' || send.claimedAt < at - claimedWithin;
    case 'unknown':
      return send?.state !== 'unknown';
    case 'skipped':
    case 'failed':
      return row.reason === null;
    default:
      return row.state !== 'sent';
  }
}
