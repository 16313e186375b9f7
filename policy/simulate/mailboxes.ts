import type { SuppressedCategory } from '../delivery/consequences.ts';
import { type CountedSend, type MailboxContext, strictestCap, strictestHours } from '../mailbox/context.ts';
import { decideMailbox, type Verdict } from '../mailbox/decide.ts';
import { dependsOn, goesAtOnce, isExempt, type MessageRow } from '../mailbox/row.ts';
import type { MessagingPolicy } from '../sections/messaging.ts';
import { staffMail } from '../staff-mail.ts';
import type { Channel } from '../step.ts';
import { DAY, type Instant } from '../time.ts';
import { type SimulatedPerson, sayContextOf, suppressionKey, type World } from './world.ts';

/** A person's mailbox on the virtual clock: what it decides to send is sent at that instant. */

/** Sends older than this count for no limit. */
const sendsCountFor = 3 * DAY;

/** Sends what is to go to a person at `now` and sets when the mailbox is looked at next. */
export function runMailbox(world: World, personId: string, now: Instant): void {
  let next: Instant | null = null;
  if (world.ledger.hasWaiting(personId)) {
    for (const atOnce of [true, false]) {
      const until = runShard(world, personId, atOnce, now);
      if (until !== null && (next === null || until < next)) next = until;
    }
  }
  world.agenda.people.set(personId, next);
}

/** Rows that go at once and rows that are ranked have a dispatcher each, and neither waits for the other. */
function runShard(world: World, personId: string, atOnce: boolean, now: Instant): Instant | null {
  for (;;) {
    const rows = world.ledger.waitingFor(personId).filter((row) => goesAtOnce(row.classification) === atOnce);
    if (rows.length === 0) return null;
    const verdicts = decideMailbox(rows, contextOf(world, personId, rows, now), now);
    const acted = verdicts.filter((verdict) => verdict.act !== 'wait');
    for (const verdict of acted) carryOut(world, verdict, now);
    if (acted.length > 0) continue;
    const until = Math.min(...verdicts.map((verdict) => (verdict.act === 'wait' ? verdict.until : now)));
    return Math.max(until, now + 1);
  }
}

function carryOut(world: World, verdict: Verdict, now: Instant): void {
  if (verdict.act === 'send') send(world, verdict.rows, now);
  if (verdict.act === 'fall-back') {
    world.ledger.change(verdict.row.key, { channel: verdict.to, fallbackFrom: verdict.row.channel });
  }
  if (verdict.act === 'skip') {
    const row = world.ledger.skip(verdict.row.key, verdict.reason);
    if (verdict.reason === 'unreachable') reportUnreachable(world, row, now);
  }
}

/** Rows that travel as one: the first by key is sent and lists every pair, the others are recorded as merged (M4). */
function send(world: World, group: MessageRow[], now: Instant): void {
  const [first, ...others] = [...group].sort((a, b) => (a.key < b.key ? -1 : 1)) as [MessageRow, ...MessageRow[]];
  const pairIds = [...new Set([first, ...others].flatMap((row) => row.pairIds))];
  world.ledger.change(first.key, { pairIds, state: 'sent', reason: null, sentAt: now });
  for (const row of others) world.ledger.skip(row.key, 'merged');
  const { channel, classification } = first;
  const counted: CountedSend = {
    at: now,
    channel,
    priority: classification.priority,
    exempt: isExempt(classification),
  };
  const sends = world.sends.get(first.personId) ?? [];
  world.sends.set(first.personId, [...sends.filter((earlier) => earlier.at > now - sendsCountFor), counted]);
}

/** A person whom no channel reaches is a task for operations, once while that task is open (M5). */
function reportUnreachable(world: World, row: MessageRow, now: Instant): void {
  const key = `unreachable/${row.programId}/${row.personId}`;
  if (world.cases.get(key)?.state === 'open') return;
  const { operations } = world.policy.document.staff;
  const details = { personId: row.personId, messageKey: row.key };
  const owner = `dispatch:${key}`;
  world.cases.put({
    ...{ key, owner, kind: 'unreachable', pairId: null, personId: row.personId, state: 'open', reason: 'unreachable' },
    ...{
      assignee: operations ?? null,
      supervisor: null,
      outcome: null,
      openedAt: now,
      endedAt: null,
      details,
      lines: [],
    },
  });
  if (!operations || operations === row.personId) return;
  const reader = { role: 'operations' as const, personId: operations };
  const fields = { personId: row.personId, template: row.template, pairId: row.pairIds[0] ?? null };
  const step = staffMail(key, reader, 'unreachable', now, fields, { rule: 'M5', facts: [] });
  const say = sayContextOf(world, owner, row.pairIds);
  for (const readerId of world.ledger.say([step], now, say)) world.touched.people.add(readerId);
}

function contextOf(world: World, personId: string, rows: MessageRow[], now: Instant): MailboxContext {
  const person = world.people.get(personId);
  const { messaging } = world.policy.document.policy;
  return {
    removed: person?.removed ?? false,
    zone: person?.zone ?? null,
    isMinor: person?.isMinor ?? false,
    guardianConsent: person?.consents.contact ?? false,
    textConsent: person?.consents.sms ?? false,
    hasEmail: Boolean(person?.email),
    hasPhone: Boolean(person?.phone),
    suppressed: { email: suppressedOf(world, 'email', person), sms: suppressedOf(world, 'sms', person) },
    heldPairs: [...world.cases.heldPairs()],
    closedPairs: [],
    hours: hoursOf(messaging.quietHours),
    dailyCap: strictestCap([messaging.dailyCap]),
    sends: (world.sends.get(personId) ?? []).filter((one) => one.at > now - sendsCountFor),
    unsettledOwners: [],
    statesByKey: statesOfEarlier(world, rows),
    resumeAt: {},
  };
}

function suppressedOf(
  { suppressed }: World,
  channel: Channel,
  person: SimulatedPerson | undefined,
): SuppressedCategory[] {
  const all = suppressed.size > 0 && person !== undefined && suppressed.has(suppressionKey(channel, person));
  return all ? ['all'] : [];
}

const hoursByPolicy = new WeakMap<MessagingPolicy['quietHours'], MailboxContext['hours']>();

/** The hours of a policy, worked out once for everybody's mailbox. */
function hoursOf(quietHours: MessagingPolicy['quietHours']): MailboxContext['hours'] {
  const hours = hoursByPolicy.get(quietHours) ?? strictestHours([quietHours]);
  hoursByPolicy.set(quietHours, hours);
  return hours;
}

/** What became of the messages on which some of these rows depend. */
function statesOfEarlier({ ledger }: World, rows: MessageRow[]): Record<string, string> {
  const states: Record<string, string> = {};
  for (const key of rows.flatMap(dependsOn)) {
    const earlier = ledger.get(key);
    if (earlier) states[key] = earlier.reason === 'merged' ? 'merged' : earlier.state;
  }
  return states;
}
