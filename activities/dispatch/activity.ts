import { randomUUID } from 'node:crypto';
import { heartbeat } from '@temporalio/activity';
import { blindCopies } from '../../policy/mailbox/blind-copy.ts';
import { decideMailbox, type Verdict } from '../../policy/mailbox/decide.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, queryRows, type Transaction } from '../../prisma/database.ts';
import { type Mailbox, peopleToLookAt, readMailboxes } from '../../prisma/store/mailbox.ts';
import {
  claimSends,
  nextLookAt,
  type PlannedSend,
  recordOutcomes,
  type SendOutcome,
  writeVerdicts,
} from '../../prisma/store/sends.ts';
import { openUnreachable } from '../../prisma/store/unreachable.ts';
import { readWording, type Wording } from '../../prisma/store/wording.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import type { DeliveryChannel } from '../channels/channel.ts';
import { type Renderer, UnfilledTemplateError } from '../render.ts';
import { compose, sendIdOf } from './compose.ts';

export interface DispatchActivities {
  /** Drives the mailboxes of a shard once; answers when it has to be driven again, null when nothing waits. */
  dispatch(input: { shard: DispatchShard; notBefore: Instant }): Promise<{ nextAt: Instant | null }>;
}

export interface DispatchDependencies {
  database: Database;
  clock: Clock;
  renderer: Renderer;
  channel: DeliveryChannel;
  metrics: Metrics;
  inboundDomain: string | null;
}

/** People decided over in one go, and hand-overs under way at once. */
const peoplePerLook = 400;
const sendsPerWave = 32;
/** A wave waits for the database most of its time. */
const wavesAtOnce = 3;
/** A pass stops claiming after this long, so that nudges and shutdowns are never kept waiting. */
const claimForMillis = 2000;

/** Passes are over before; a slow one tells that it goes on. */
const heartbeatMillis = 3000;

export function createDispatchActivities(deps: DispatchDependencies): DispatchActivities {
  return {
    async dispatch(input) {
      const alive = setInterval(heartbeat, heartbeatMillis);
      try {
        return await drive(deps, input);
      } finally {
        clearInterval(alive);
      }
    },
  };
}

async function drive(
  deps: DispatchDependencies,
  { shard, notBefore }: { shard: DispatchShard; notBefore: Instant },
): Promise<{ nextAt: Instant | null }> {
  const stopAt = performance.now() + claimForMillis;
  for (;;) {
    const now = Math.max(notBefore, await deps.clock.now());
    const people = await peopleToLookAt(deps.database, shard, now, peoplePerLook);
    if (people.length === 0) break;
    const mailboxes = await readMailboxes(deps.database, shard, people, now, false);
    const ready = await settleVerdicts(deps, mailboxes, now);
    await sendAll(deps, shard, ready, notBefore, stopAt);
    if (performance.now() >= stopAt) break;
  }
  return { nextAt: await nextLookAt(deps.database, shard) };
}

/** Writes every verdict but those to send, and answers the people who have something to send now. */
async function settleVerdicts(deps: DispatchDependencies, mailboxes: Mailbox[], now: Instant): Promise<Mailbox[]> {
  const ready: Mailbox[] = [];
  const verdicts: Verdict[] = [];
  for (const mailbox of mailboxes) {
    const own = decideMailbox(mailbox.rows, mailbox.context, now);
    if (own.some((verdict) => verdict.act === 'send')) ready.push(mailbox);
    verdicts.push(...own.filter((verdict) => verdict.act !== 'send'));
  }
  await writeVerdicts(deps.database, verdicts, now);
  await noteSkipped(deps, verdicts, now);
  return ready;
}

async function noteSkipped(deps: DispatchDependencies, verdicts: Verdict[], now: Instant): Promise<void> {
  for (const verdict of verdicts) {
    if (verdict.act !== 'skip') continue;
    deps.metrics.dispatch.inc({ outcome: 'skipped', channel: verdict.row.channel, reason: verdict.reason });
    if (verdict.reason === 'unreachable') await openUnreachable(deps.database, verdict.row, now);
  }
}

/** Waves of people, the most important first; while one is recorded the next is claimed. */
async function sendAll(
  deps: DispatchDependencies,
  shard: DispatchShard,
  ready: Mailbox[],
  notBefore: Instant,
  stopAt: number,
): Promise<void> {
  if (ready.length === 0) return;
  const wording = await readWording(
    deps.database,
    ready.flatMap((mailbox) => mailbox.rows),
  );
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < ready.length && performance.now() < stopAt) {
      const wave = ready.slice(next, next + sendsPerWave);
      next += sendsPerWave;
      await sendWave(deps, shard, wave, wording, notBefore);
    }
  };
  await Promise.all(Array.from({ length: wavesAtOnce }, lane));
}

/** Claims, hands over and records for one wave of people. */
async function sendWave(
  deps: DispatchDependencies,
  shard: DispatchShard,
  mailboxes: Mailbox[],
  wording: Wording,
  notBefore: Instant,
): Promise<void> {
  const known = new Set(mailboxes.flatMap((mailbox) => mailbox.rows.map((row) => row.id)));
  const people = mailboxes.map((mailbox) => mailbox.personId);
  // The lease begins after this instant of wall time; half of it is left for what is handed over at the last moment.
  const handOverBy = Date.now() + deps.channel.settleAfterSeconds * 500;
  const { sends, unfilled, now } = await deps.database.$transaction(async (tx) => {
    await lockPeople(tx, people);
    const claimedAt = Math.max(notBefore, await deps.clock.now());
    const locked = await readMailboxes(tx, shard, people, claimedAt, true);
    const planned = plan(deps, locked, known, wording, claimedAt);
    await claimSends(tx, planned.sends, deps.channel.provider, claimedAt, deps.channel.settleAfterSeconds);
    await writeVerdicts(tx, planned.unfilled, claimedAt);
    return { ...planned, now: claimedAt };
  });
  await noteSkipped(deps, unfilled, now);
  const outcomes = await Promise.all(sends.map((send) => handOver(deps, send, wording, now, handOverBy)));
  if (outcomes.length > 0) await recordOutcomes(deps.database, outcomes, now);
}

/** In the order of their ids, so that two waves never wait for each other. */
async function lockPeople(tx: Transaction, ids: string[]): Promise<void> {
  await queryRows(tx, 'select id from people where id = any($1::text[]) order by id for update', ids);
}

function plan(
  deps: DispatchDependencies,
  mailboxes: Mailbox[],
  known: Set<string>,
  wording: Wording,
  now: Instant,
): { sends: PlannedSend[]; unfilled: Verdict[] } {
  const sends: PlannedSend[] = [];
  const unfilled: Verdict[] = [];
  for (const mailbox of mailboxes) {
    for (const verdict of decideMailbox(mailbox.rows, mailbox.context, now)) {
      if (verdict.act !== 'send') continue;
      const { rows } = verdict;
      // A row written since its words were read is for the next look.
      if (rows.some((row) => !known.has(row.id))) continue;
      const first = rows[0] as MessageRow;
      const words = compose(rows, wording, deps.renderer, deps.inboundDomain);
      if (words instanceof UnfilledTemplateError) {
        unfilled.push(
          ...rows.map((row): Verdict => ({ act: 'skip', row, reason: 'unfilled_template', gate: words.reason })),
        );
        continue;
      }
      const id = sendIdOf(rows, now, randomUUID());
      const bcc = copiesOf(rows, wording);
      sends.push({
        id,
        personId: first.personId,
        channel: first.channel,
        rows,
        bcc,
        subject: words.subject,
        body: words.body,
      });
    }
  }
  return { sends, unfilled };
}

function copiesOf(rows: MessageRow[], wording: Wording): string[] {
  const first = rows[0] as MessageRow;
  const program = wording.programs.get(first.programId);
  const own = wording.pairStaff.get(first.pairIds[0] ?? '')?.operations;
  const operations = own ?? program?.staff.operations ?? null;
  return blindCopies(rows, program?.policy.messaging.copyOperations ?? true, operations);
}

async function handOver(
  deps: DispatchDependencies,
  send: PlannedSend,
  wording: Wording,
  now: Instant,
  handOverBy: number,
): Promise<{ id: string; outcome: SendOutcome }> {
  // A process that was stopped after its claim: by now somebody may be told that nothing arrived.
  if (Date.now() > handOverBy) return { id: send.id, outcome: { kind: 'unknown', code: 'too_late' } };
  const person = wording.people.get(send.personId);
  const address = send.channel === 'email' ? person?.email : person?.phone;
  // The address was there when the mailbox decided; should it be gone now, the mailbox decides again.
  if (!address) return { id: send.id, outcome: { kind: 'not_sent', code: 'no_address', retryAt: now } };
  const outcome = await deps.channel.deliver({
    sendId: send.id,
    messageIds: send.rows.map((row) => row.id),
    personId: send.personId,
    to: address,
    bcc: send.bcc.flatMap((id) => wording.people.get(id)?.email ?? []),
    subject: send.subject,
    body: send.body,
    template: (send.rows[0] as MessageRow).template,
  });
  deps.metrics.dispatch.inc({ outcome: outcome.kind, channel: send.channel, reason: '' });
  return { id: send.id, outcome };
}
