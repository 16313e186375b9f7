import { randomUUID } from 'node:crypto';
import { outcomeOf, type ProviderAnswer } from '../../policy/delivery/consequences.ts';
import { blindCopies } from '../../policy/mailbox/blind-copy.ts';
import { decideMailbox, type Verdict } from '../../policy/mailbox/decide.ts';
import { deliverBy } from '../../policy/mailbox/hours.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import type { Instant } from '../../policy/time.ts';
import { queryRows, type Transaction } from '../../prisma/database.ts';
import { type Mailbox, readMailboxes } from '../../prisma/store/mailbox.ts';
import { type RecordedOutcome, recordOutcomes, tellsStaff } from '../../prisma/store/send-outcomes.ts';
import { claimSends, type PlannedSend, writeVerdicts } from '../../prisma/store/sends.ts';
import type { Wording } from '../../prisma/store/wording.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import { providersOf } from '../channels/channel.ts';
import { UnfilledTemplateError } from '../render.ts';
import { compose, sendIdOf, unsubscribeUrlOf } from './compose.ts';
import type { DispatchDependencies } from './dependencies.ts';
import { noteSkipped } from './skipped.ts';

/** Claims, hands over and records for one wave of people. */
export async function sendWave(
  deps: DispatchDependencies,
  shard: DispatchShard,
  mailboxes: Mailbox[],
  wording: Wording,
  notBefore: Instant,
): Promise<void> {
  const claimedFrom = Date.now();
  const { sends, unfilled, now } = await claimWave(deps, shard, mailboxes, wording, notBefore);
  await noteSkipped(deps, unfilled, now);
  const outcomes = await Promise.all(sends.map((send) => handOver(deps, send, wording, now, claimedFrom)));
  if (outcomes.length === 0) return;
  await recordOutcomes(deps.database, outcomes, now, deps);
  if (outcomes.some(tellsStaff)) await deps.nudge('urgent');
}

/** One transaction: under the lock of their people, mailboxes are decided again and what goes now is claimed. */
function claimWave(
  deps: DispatchDependencies,
  shard: DispatchShard,
  mailboxes: Mailbox[],
  wording: Wording,
  notBefore: Instant,
): Promise<{ sends: PlannedSend[]; unfilled: Verdict[]; now: Instant }> {
  const known = new Set(mailboxes.flatMap((mailbox) => mailbox.rows.map((row) => row.id)));
  const people = mailboxes.map((mailbox) => mailbox.personId);
  return deps.database.$transaction(async (tx) => {
    await lockPeople(tx, people);
    const now = Math.max(notBefore, await deps.clock.now());
    const locked = await readMailboxes(tx, shard, people, now, true, providersOf(deps.channels));
    const planned = plan(deps, locked, known, wording, now);
    await claimSends(tx, planned.sends, now);
    await writeVerdicts(tx, planned.unfilled, now);
    return { ...planned, now };
  });
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
      // A row written since its words were read is for the next look.
      if (verdict.act !== 'send' || verdict.rows.some((row) => !known.has(row.id))) continue;
      const send = plannedSend(deps, mailbox, verdict.rows, wording, now);
      if ('id' in send) sends.push(send);
      else unfilled.push(...send.skipped);
    }
  }
  return { sends, unfilled };
}

/** The hand-over of rows that travel as one, or why they may not leave (M11). */
function plannedSend(
  deps: DispatchDependencies,
  { addresses, context }: Mailbox,
  rows: MessageRow[],
  wording: Wording,
  now: Instant,
): PlannedSend | { skipped: Verdict[] } {
  const first = rows[0] as MessageRow;
  const words = compose(rows, wording, deps.renderer, deps.links);
  if (words instanceof UnfilledTemplateError) {
    return { skipped: rows.map((row) => ({ act: 'skip', row, reason: 'unfilled_template', gate: words.reason })) };
  }
  const { provider, settleAfterSeconds } = deps.channels[first.channel];
  return {
    id: sendIdOf(rows, now, randomUUID()),
    personId: first.personId,
    channel: first.channel,
    provider,
    leaseSeconds: settleAfterSeconds,
    // A mailbox lets nothing go to a channel for which there is no address.
    address: addresses[first.channel] as string,
    rows,
    bcc: copiesOf(rows, wording),
    subject: words.subject,
    body: words.body,
    deliverBy: Math.min(...rows.map((row) => deliverBy(row, context, now))),
  };
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
  claimedFrom: number,
): Promise<RecordedOutcome> {
  const channel = deps.channels[send.channel];
  const answer = await deliver(deps, send, wording, claimedFrom + channel.settleAfterSeconds * 500);
  const history = {
    attempts: Math.max(...send.rows.map((row) => row.attempts)),
    retriedPassing: send.rows.some((row) => row.retriedPassing),
  };
  // What a provider says of times counts from its answer, not from the claim.
  const outcome = outcomeOf(answer, history, Math.max(now, await deps.clock.now()));
  deps.metrics.dispatch.inc({ outcome: outcome.kind, channel: send.channel, reason: '' });
  return { id: send.id, outcome };
}

async function deliver(
  deps: DispatchDependencies,
  send: PlannedSend,
  wording: Wording,
  handOverBy: number,
): Promise<ProviderAnswer> {
  // A process that was stopped after its claim: by now somebody may be told that nothing arrived.
  if (Date.now() > handOverBy) return { class: 'ambiguous', code: 'too_late' };
  const copies = send.bcc.flatMap((id) => wording.people.get(id)?.email ?? []);
  return deps.channels[send.channel].deliver({
    sendId: send.id,
    messageIds: send.rows.map((row) => row.id),
    personId: send.personId,
    to: send.address,
    bcc: copies.filter((copy) => copy.toLowerCase() !== send.address.toLowerCase()),
    subject: send.subject,
    body: send.body,
    template: (send.rows[0] as MessageRow).template,
    deliverBy: send.deliverBy,
    unsubscribeUrl: unsubscribeUrlOf(send, deps.links),
  });
}
