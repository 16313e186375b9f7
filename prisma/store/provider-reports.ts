import type { SuppressedCategory } from '../../policy/delivery/consequences.ts';
import type { Provider } from '../../policy/delivery/outcomes.ts';
import {
  afterReport,
  changesAnything,
  effectOf,
  type ReportEffect,
  type ReportedSend,
  type SendState,
} from '../../policy/delivery/status.ts';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';
import { reopenDisproved } from './disproved.ts';
import { inTransaction } from './in-transaction.ts';
import type { Consequences } from './send-consequences.ts';
import { type RecordedOutcome, recordOutcomesIn } from './send-outcomes.ts';
import { liftAll, suppressAll } from './suppressions.ts';

/** What providers report of sends: each report once, and together with what it changes (M9, M10). */

export interface ProviderReport {
  /** The same for each telling of one report. */
  key: string;
  /** The send that it is about; null where the report names none, and is found by the provider's id. */
  sendId: string | null;
  /** The provider's id of the message as `messageIdOf` has it; empty where the report has none. */
  providerId: string;
  status: string;
  /** The provider's own code of an error. */
  code: number | null;
  /** The address it is about; null where it can only be the send's own. */
  address: string | null;
  occurredAt: Instant;
}

/** What became of a report. Quarantined is what names no send that is known, or contradicts the one it names. */
export type ReportState = 'applied' | 'ignored' | 'quarantined' | 'duplicate';

export interface RecordedReports {
  states: ReportState[];
  /** Messages came back, or staff are written to: dispatchers have to look. */
  wrote: boolean;
}

interface StoredSend extends ReportedSend {
  id: string;
  channel: Channel;
  /** Lower case, without space around; null once the person is erased. */
  address: string | null;
  providerId: string | null;
}

/** What the reports of one batch come to, each kind written by one statement. */
interface Changes {
  accepted: RecordedOutcome[];
  ended: RecordedOutcome[];
  statuses: Map<string, string>;
  suppressed: Array<{ channel: Channel; address: string; category: SuppressedCategory; reason: string }>;
  lifted: Array<{ channel: Channel; address: string; category: SuppressedCategory }>;
}

/**
 * Records the reports of one request in one transaction, under the lock of their sends in the order of their ids. A report
 * that was recorded before changes nothing.
 */
export function recordReports(
  database: Database,
  provider: Provider,
  reports: ProviderReport[],
  now: Instant,
  consequences: Consequences,
): Promise<RecordedReports> {
  return inTransaction(database, async (tx) => {
    const find = await lockedSends(tx, provider, reports);
    const known = await knownKeys(tx, provider, reports);
    const changes: Changes = { accepted: [], ended: [], statuses: new Map(), suppressed: [], lifted: [] };
    const states = reports.map((report): ReportState => {
      if (known.has(report.key)) return 'duplicate';
      known.add(report.key);
      const send = find(report);
      return send && isAbout(report, send) ? applyReport(provider, report, send, changes, now) : 'quarantined';
    });
    await writeChanges(tx, changes, now, consequences);
    await writeReports(tx, provider, reports, states, now);
    return { states, wrote: changes.ended.length > 0 };
  });
}

/** Locks the sends that reports are about, and answers how each is found. */
async function lockedSends(
  tx: Transaction,
  provider: Provider,
  reports: ProviderReport[],
): Promise<(report: ProviderReport) => StoredSend | undefined> {
  const ids = reports.flatMap(({ sendId }) => sendId ?? []);
  const providerIds = reports.flatMap(({ sendId, providerId }) => (sendId === null && providerId ? [providerId] : []));
  const lock = `
    select id from sends where provider = $3 and (id = any($1::text[]) or provider_id = any($2::text[]))
    order by id for update`;
  const locked = await queryRows<{ id: string }>(tx, lock, ids, providerIds, provider);
  const sends = await settledSends(
    tx,
    locked.map(({ id }) => id),
  );
  const byId = new Map(sends.map((send) => [send.id, send]));
  const byProviderId = new Map(sends.map((send) => [send.providerId, send]));
  return ({ sendId, providerId }) => (sendId === null ? byProviderId.get(providerId) : byId.get(sendId));
}

/** As they stand once those are open again that were wrongly taken for not sent. */
async function settledSends(tx: Transaction, ids: string[]): Promise<StoredSend[]> {
  const sends = await readSends(tx, ids);
  const notSent = sends.filter(({ state }) => state === 'not_sent').map(({ id }) => id);
  return (await reopenDisproved(tx, notSent)) ? readSends(tx, ids) : sends;
}

async function readSends(on: Queryable, ids: string[]): Promise<StoredSend[]> {
  const rows = await queryRows<
    Omit<StoredSend, 'history'> & { state: SendState; attempts: number; retriedPassing: boolean }
  >(
    on,
    `select s.id, s.channel, s.state, lower(btrim(s.address)) as address, s.provider_id as "providerId",
       s.provider_status as "providerStatus", coalesce(max(m.attempts), 0) as attempts,
       coalesce(bool_or(m.retried_passing), false) as "retriedPassing"
     from sends s left join messages m on m.send_id = s.id where s.id = any($1::text[]) group by s.id`,
    ids,
  );
  return rows.map(({ attempts, retriedPassing, ...send }) => ({ ...send, history: { attempts, retriedPassing } }));
}

async function knownKeys(on: Queryable, provider: Provider, reports: ProviderReport[]): Promise<Set<string>> {
  const rows = await queryRows<{ report_key: string }>(
    on,
    'select report_key from provider_reports where provider = $1 and report_key = any($2::text[])',
    provider,
    reports.map(({ key }) => key),
  );
  return new Set(rows.map((row) => row.report_key));
}

/** The id of a message without what SendGrid adds to it on its way to each recipient. */
export function messageIdOf(providerId: string): string {
  return providerId.replace(/\.(recvd|filter).*$/s, '');
}

/** A report without an id, or one from before our own answer, contradicts nothing. */
function isAbout({ providerId }: ProviderReport, send: StoredSend): boolean {
  const known = messageIdOf(send.providerId ?? '');
  return known.startsWith(providerId) || providerId.startsWith(known);
}

function applyReport(
  provider: Provider,
  report: ProviderReport,
  send: StoredSend,
  changes: Changes,
  now: Instant,
): ReportState {
  const { status, code, providerId } = report;
  const address = report.address?.trim().toLowerCase() ?? null;
  const effect = effectOf(
    { provider, status, code, aboutCopy: address !== null && address !== send.address },
    send,
    now,
  );
  Object.assign(send, afterReport(send, effect));
  if (effect.proves) changes.accepted.push({ id: send.id, outcome: { kind: 'accepted', providerId } });
  if (effect.status) changes.statuses.set(send.id, effect.status);
  if (effect.outcome) changes.ended.push({ id: send.id, outcome: effect.outcome, reported: true });
  noteAddress(effect, send, address ?? send.address, changes);
  return changesAnything(effect) ? 'applied' : 'ignored';
}

function noteAddress(
  { suppress, lift }: ReportEffect,
  { channel }: StoredSend,
  address: string | null,
  changes: Changes,
): void {
  if (address === null) return;
  if (suppress) changes.suppressed.push({ channel, address, ...suppress });
  if (lift) changes.lifted.push({ channel, address, category: lift });
}

async function writeChanges(
  tx: Transaction,
  { accepted, ended, statuses, suppressed, lifted }: Changes,
  now: Instant,
  consequences: Consequences,
): Promise<void> {
  if (accepted.length > 0) await recordOutcomesIn(tx, accepted, now, consequences);
  if (ended.length > 0) await recordOutcomesIn(tx, ended, now, consequences);
  if (statuses.size > 0) {
    const sql = `
      update sends s set provider_status = g.status from unnest($1::text[], $2::text[]) as g(id, status) where s.id = g.id`;
    await execute(tx, sql, [...statuses.keys()], [...statuses.values()]);
  }
  await suppressAll(tx, suppressed, now);
  await liftAll(tx, lifted);
}

async function writeReports(
  tx: Transaction,
  provider: Provider,
  reports: ProviderReport[],
  states: ReportState[],
  now: Instant,
): Promise<void> {
  const given = reports.flatMap(({ key, sendId, status, code, occurredAt }, index) => {
    const state = states[index];
    if (state === 'duplicate') return [];
    return [{ key, send: sendId, status, code: code?.toString(), state, at: new Date(occurredAt).toISOString() }];
  });
  if (given.length === 0) return;
  await execute(
    tx,
    `insert into provider_reports (provider, report_key, send_id, status, code, state, occurred_at, received_at)
     select $1, g.key, g.send, g.status, g.code, g.state, g.at, $3
     from jsonb_to_recordset($2::jsonb) as g(key text, send text, status text, code text, state text, at timestamptz)
     order by g.key on conflict do nothing`,
    provider,
    JSON.stringify(given),
    new Date(now),
  );
}
