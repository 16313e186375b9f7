import { reconcile, type SayContext } from '../mailbox/reconcile.ts';
import type { MessageRow } from '../mailbox/row.ts';
import type { MessageStep, SkipReason } from '../step.ts';
import type { Instant } from '../time.ts';

/** A message and, once it was sent, when. */
export interface SimulatedMessage extends MessageRow {
  sentAt: Instant | null;
}

/** Every message ever said, in memory; written the way the live ledger is, by whole sets of one owner. */
export class Ledger {
  readonly #byKey = new Map<string, SimulatedMessage>();
  readonly #byStep = new Map<string, Set<string>>();
  readonly #waitingOf = { owner: new Map<string, Set<string>>(), person: new Map<string, Set<string>>() };

  get(key: string): SimulatedMessage | undefined {
    return this.#byKey.get(key);
  }

  all(): SimulatedMessage[] {
    return [...this.#byKey.values()];
  }

  waitingFor(personId: string): SimulatedMessage[] {
    return this.#waiting('person', personId);
  }

  hasWaiting(personId: string): boolean {
    return this.#waitingOf.person.has(personId);
  }

  /** Makes an owner's messages what stands now, and answers whose mailboxes that changed. */
  say(standing: MessageStep[], now: Instant, say: SayContext): string[] {
    const changes = reconcile(this.#concerned(standing, say.owner), standing, now, say);
    const changed = new Set<string>();
    for (const row of changes.upsert) {
      const before = this.#byKey.get(row.key);
      if (before) changed.add(before.personId);
      this.#put(Object.assign(row, { sentAt: null }));
      changed.add(row.personId);
    }
    for (const key of changes.withdrawn) changed.add(this.skip(key, 'withdrawn').personId);
    for (const key of changes.expired) changed.add(this.skip(key, 'expired').personId);
    return [...changed];
  }

  skip(key: string, reason: SkipReason): SimulatedMessage {
    return this.change(key, { state: 'skipped', reason });
  }

  /** Changes what became of a row; its key, owner and person stay. */
  change(
    key: string,
    changes: Partial<Pick<SimulatedMessage, 'state' | 'reason' | 'pairIds' | 'sentAt' | 'channel' | 'fallbackFrom'>>,
  ): SimulatedMessage {
    const row = this.#byKey.get(key) as SimulatedMessage;
    if (row.state === 'waiting') this.#markWaiting(row, false);
    Object.assign(row, changes);
    if (row.state === 'waiting') this.#markWaiting(row, true);
    return row;
  }

  #put(row: SimulatedMessage): void {
    const before = this.#byKey.get(row.key);
    this.#byKey.set(row.key, row);
    if (before?.stepKey !== row.stepKey) {
      if (before) mark(this.#byStep, before.stepKey, row.key, false);
      mark(this.#byStep, row.stepKey, row.key, true);
    }
    if (before?.state === 'waiting') this.#markWaiting(before, false);
    if (row.state === 'waiting') this.#markWaiting(row, true);
  }

  #concerned(standing: MessageStep[], owner: string): MessageRow[] {
    if (standing.length === 0) return this.#waiting('owner', owner);
    const rows = new Map(this.#waiting('owner', owner).map((row) => [row.key, row]));
    for (const step of standing) {
      for (const key of this.#byStep.get(step.stepKey) ?? []) rows.set(key, this.#byKey.get(key) as SimulatedMessage);
      const row = this.#byKey.get(step.key);
      if (row) rows.set(row.key, row);
    }
    return [...rows.values()];
  }

  #waiting(index: 'owner' | 'person', id: string): SimulatedMessage[] {
    const keys = this.#waitingOf[index].get(id);
    return keys ? [...keys].map((key) => this.#byKey.get(key) as SimulatedMessage) : [];
  }

  #markWaiting(row: SimulatedMessage, waits: boolean): void {
    mark(this.#waitingOf.owner, row.owner, row.key, waits);
    mark(this.#waitingOf.person, row.personId, row.key, waits);
  }
}

function mark(index: Map<string, Set<string>>, name: string, key: string, present: boolean): void {
  const keys = index.get(name);
  if (!present) {
    keys?.delete(key);
    if (keys?.size === 0) index.delete(name);
  } else if (keys) keys.add(key);
  else index.set(name, new Set([key]));
}
