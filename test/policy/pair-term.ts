import type { ClassCalendar } from '../../policy/calendar.ts';
import type { PairEvent } from '../../policy/event.ts';
import type { CountedSend, MailboxContext } from '../../policy/mailbox/context.ts';
import { decideMailbox, type Verdict } from '../../policy/mailbox/decide.ts';
import { reconcile } from '../../policy/mailbox/reconcile.ts';
import { isExempt, type MessageRow } from '../../policy/mailbox/row.ts';
import type { PairContext, Span } from '../../policy/pair/context.ts';
import { type Decision, decide, saidState } from '../../policy/pair/decide.ts';
import { openContext, unknownPerson, withCalendar, withPerson, withPolicy } from '../../policy/pair/documents.ts';
import { applyEvent, openPair, type PairState } from '../../policy/pair/state.ts';
import type { ProgramDocument } from '../../policy/program.ts';
import type { CaseStep } from '../../policy/step.ts';
import { type Instant, instantOf, localMinute } from '../../policy/time.ts';
import { documents, openMailbox, type Setup, sayContext } from './support.ts';

/** A driver that runs one pair on a virtual clock the way its workflow and its mailbox do. */

export interface Sent {
  key: string;
  at: Instant;
  to: string;
  variant: string | null;
}

/** What the outside world holds for a pair to read, each from an instant on. */
export interface World {
  policies: Array<{ at: Instant; document: ProgramDocument }>;
  calendars: Record<string, ClassCalendar>;
  leaves: Record<string, Span | null>;
  /** The guardian of a minor, by the minor's id. */
  guardians: Record<string, string | null>;
}

/** One pair on a virtual clock: entries are applied when they are received, and timers fire unless it is down. */
export class PairTerm {
  ctx: PairContext;
  state: PairState;
  now: Instant;
  readonly rows = new Map<string, MessageRow>();
  readonly cases = new Map<string, CaseStep>();
  readonly sent: Sent[] = [];
  readonly withdrawnCases: CaseStep[] = [];
  readonly decisions: Array<{ at: Instant; decision: Decision }> = [];
  /** The pair as it was when it made each decision. */
  readonly before = new Map<Decision, { state: PairState; ctx: PairContext }>();
  readonly world: World;
  mailbox: (personId: string) => Partial<MailboxContext> = () => ({});
  private readonly sends = new Map<string, CountedSend[]>();
  private nextDecision: Instant | null;
  private nextDispatch: Instant | null = null;

  constructor(setup: Setup = {}) {
    const given = documents(setup);
    this.ctx = openContext(given, 1);
    this.state = openPair(this.ctx);
    this.now = given.createdAt;
    this.nextDecision = this.now;
    const calendars = given.calendar ? { [given.calendar.classId]: given.calendar } : {};
    this.world = { policies: [{ at: 0, document: given.policy.document }], calendars, leaves: {}, guardians: {} };
  }

  /** An instant of the class's civil time. */
  local(date: string, time: string): Instant {
    return instantOf(date, time, this.ctx.calendar?.zone ?? this.ctx.programZone);
  }

  /** Lets time pass until `until`, its timers included. */
  run(until: Instant): this {
    for (;;) {
      const wakes = [this.nextDecision, this.nextDispatch].filter((at): at is Instant => at !== null);
      const next = Math.min(...wakes);
      if (!(next <= until)) break;
      this.now = Math.max(this.now, next);
      if (this.nextDecision !== null && this.nextDecision <= this.now) this.loop();
      this.dispatch();
    }
    this.now = Math.max(this.now, until);
    return this;
  }

  /** Nothing fires until `until`: an outage, after which everything is looked at once. */
  sleepThrough(until: Instant): this {
    this.now = until;
    this.loop();
    this.dispatch();
    return this;
  }

  /** The time up to an entry passes, timers at its own instant included, and then it is applied. */
  give(...events: PairEvent[]): this {
    for (const event of events) {
      this.run(event.receivedAt);
      this.apply(event);
    }
    return this;
  }

  /** The entry is applied before the timers of its own instant fire. */
  giveFirst(event: PairEvent): this {
    this.run(event.receivedAt - 1);
    this.now = event.receivedAt;
    this.apply(event);
    return this;
  }

  /** Keys of what was sent, as `MM-DDTHH:MM step` in the class's zone. */
  heard(to = 'mentor_1'): string[] {
    const zone = this.ctx.calendar?.zone ?? this.ctx.programZone;
    return this.sent
      .filter((item) => item.to === to)
      .map((item) => `${localMinute(item.at, zone).slice(5)} ${item.key.split('/').slice(1).join('/')}${mark(item)}`);
  }

  /** Keys of the rows that were given up, with their reason. */
  skipped(): string[] {
    return [...this.rows.values()]
      .filter((row) => row.state === 'skipped')
      .map((row) => `${row.key.split('/').slice(1).join('/')} ${row.reason}`)
      .sort();
  }

  /** Keys of the cases that are open. */
  open(): string[] {
    return [...this.cases.keys()].sort();
  }

  private apply(event: PairEvent): void {
    const next = applyEvent(this.state, event, this.ctx, this.now);
    this.state = next.state;
    this.ctx = next.ctx;
    this.loop();
    this.dispatch();
  }

  private loop(): void {
    for (let round = 0; round < 20; round++) {
      this.readWanted();
      const decision = decide(this.state, this.now, this.ctx);
      if (decision.read) this.readPolicy({ since: decision.read.since, applyNow: false, wholly: true });
      if (decision.owed) this.say(decision);
      this.nextDecision = decision.nextAt;
      if (this.nextDecision === null || this.nextDecision > this.now) return;
    }
    throw new Error('the pair decides again and again at one instant');
  }

  private readWanted(): void {
    const { policyVersion, calendarVersion, classId, personIds } = this.state.wanted;
    if (policyVersion) this.readPolicy({ ...policyVersion, wholly: policyVersion.applyNow });
    const known = classId ? classId.id : (this.ctx.calendar?.classId ?? null);
    if (calendarVersion !== undefined || classId) {
      const calendar = known === null ? null : (this.world.calendars[known] ?? null);
      this.ctx = withCalendar(this.ctx, calendar, classId?.since);
    }
    for (const id of personIds ?? []) {
      const guardianId = this.world.guardians[id];
      const minor = guardianId === undefined ? {} : { isMinor: true, guardianId };
      const person = { ...unknownPerson(id), leave: this.world.leaves[id] ?? null, ...minor };
      this.ctx = withPerson(this.ctx, person, this.now);
    }
    this.state = { ...this.state, wanted: {} };
  }

  private readPolicy(take: { since: Instant; applyNow: boolean; wholly: boolean }): void {
    const stored = this.world.policies.filter((item) => item.at <= this.now);
    const document = stored[stored.length - 1]?.document as ProgramDocument;
    this.ctx = withPolicy(this.ctx, { version: stored.length, document }, take, this.now);
  }

  private say(decision: Decision): void {
    const changes = reconcile([...this.rows.values()], decision.messages, this.now, sayContext(this.ctx));
    for (const row of changes.upsert) this.rows.set(row.key, row);
    for (const key of changes.withdrawn) this.settle(key, 'withdrawn');
    for (const key of changes.expired) this.settle(key, 'expired');
    this.cases.clear();
    for (const step of decision.cases) {
      if (step.withdrawn) this.withdrawnCases.push(step);
      else this.cases.set(step.key, step);
    }
    this.decisions.push({ at: this.now, decision });
    this.before.set(decision, { state: this.state, ctx: this.ctx });
    this.state = saidState(this.state, decision, this.now, this.ctx);
  }

  private settle(key: string, reason: MessageRow['reason']): void {
    const row = this.rows.get(key);
    if (row) this.rows.set(key, { ...row, state: 'skipped', reason });
  }

  private dispatch(): void {
    this.nextDispatch = null;
    const waiting = [...this.rows.values()].filter((row) => row.state === 'waiting');
    for (const personId of new Set(waiting.map((row) => row.personId))) {
      const rows = waiting.filter((row) => row.personId === personId);
      for (const verdict of decideMailbox(rows, this.mailboxOf(personId), this.now)) this.carryOut(verdict);
    }
  }

  private mailboxOf(personId: string): MailboxContext {
    const statesByKey = Object.fromEntries([...this.rows].map(([key, row]) => [key, row.state]));
    return openMailbox({ sends: this.sends.get(personId) ?? [], statesByKey, ...this.mailbox(personId) });
  }

  private carryOut(verdict: Verdict): void {
    if (verdict.act === 'wait') this.nextDispatch = Math.min(this.nextDispatch ?? verdict.until, verdict.until);
    if (verdict.act === 'skip') this.settle(verdict.row.key, verdict.reason);
    if (verdict.act === 'fall-back') {
      this.rows.set(verdict.row.key, { ...verdict.row, channel: verdict.to, fallbackFrom: verdict.row.channel });
      this.nextDispatch = this.now;
    }
    if (verdict.act === 'send') this.send(verdict.rows);
  }

  private send(rows: MessageRow[]): void {
    for (const row of rows) {
      this.rows.set(row.key, { ...row, state: 'sent' });
      this.sent.push({ key: row.key, at: this.now, to: row.personId, variant: row.variant });
    }
    const first = rows[0] as MessageRow;
    const { priority } = first.classification;
    const send = { at: this.now, channel: first.channel, priority, exempt: isExempt(first.classification) };
    this.sends.set(first.personId, [...(this.sends.get(first.personId) ?? []), send]);
  }
}

function mark(item: Sent): string {
  return item.variant === 'missed-week' ? ' missed-week' : '';
}
