import type { FocusCase } from '../program/concern.ts';
import type { CaseLine, CaseStep } from '../step.ts';
import type { Instant } from '../time.ts';

export interface SimulatedCase {
  key: string;
  /** The workflow that opened it, or `staff`. */
  owner: string;
  kind: string;
  pairId: string | null;
  personId: string | null;
  state: 'open' | 'resolved' | 'withdrawn';
  assignee: string | null;
  supervisor: string | null;
  reason: string;
  outcome: string | null;
  openedAt: Instant;
  endedAt: Instant | null;
  details: Record<string, unknown>;
  lines: CaseLine[];
}

/** Every case ever opened, in memory. */
export class CaseList {
  readonly #byKey = new Map<string, SimulatedCase>();
  readonly #openOf = new Map<string, Set<string>>();

  all(): SimulatedCase[] {
    return [...this.#byKey.values()];
  }

  open(): SimulatedCase[] {
    return [...this.#openOf.values()].flatMap((keys) => this.#named(keys));
  }

  get(key: string): SimulatedCase | undefined {
    return this.#byKey.get(key);
  }

  put(item: SimulatedCase): void {
    this.#byKey.set(item.key, item);
    const keys = this.#openOf.get(item.owner) ?? new Set();
    this.#openOf.set(item.owner, keys);
    if (item.state === 'open') keys.add(item.key);
    else keys.delete(item.key);
  }

  /** Makes an owner's cases what its decision names: one that it names no more is withdrawn; a resolved one stays so. */
  say(steps: CaseStep[], by: { owner: string; pairId: string | null }, now: Instant): void {
    for (const step of steps) {
      const before = this.#byKey.get(step.key);
      if (before?.state === 'resolved' && !(before.outcome === 'moot' && step.outcome === 'moot')) continue;
      if (step.withdrawn) this.#end(before, 'withdrawn', null, now);
      else this.put({ ...caseOf(step, by, now), openedAt: before?.state === 'open' ? before.openedAt : step.openedAt });
    }
    for (const item of this.#named(this.#openOf.get(by.owner) ?? []))
      if (!steps.some((step) => step.key === item.key)) this.#end(item, 'withdrawn', null, now);
  }

  /** Staff end a case. */
  resolve(key: string, outcome: string, now: Instant): void {
    this.#end(this.#byKey.get(key), 'resolved', outcome, now);
  }

  /** What a closed pair leaves open is moot, but for what outlives it. */
  closePair(pairId: string, now: Instant): void {
    for (const item of this.open()) {
      const outlives = item.kind === 'safety' || (item.kind === 'flag' && item.details.priority === 'immediate');
      if (item.pairId === pairId && !outlives) this.resolve(item.key, 'moot', now);
    }
  }

  /** Pairs with an open safety case, their own or about one of them. */
  heldPairs(): Set<string> {
    const safety = this.open().filter((item) => item.kind === 'safety' && item.pairId !== null);
    return new Set(safety.map((item) => item.pairId as string));
  }

  openOfPair(pairId: string, kind: string): SimulatedCase[] {
    return this.open().filter((item) => item.pairId === pairId && item.kind === kind);
  }

  /** The Focus List, as far as the program's decisions need it. */
  focus(): FocusCase[] {
    const escalations = this.open().filter((item) => item.kind === 'escalation');
    return escalations.map((item) => ({ coordinator: item.assignee, supervisor: item.supervisor }));
  }

  #named(keys: Iterable<string>): SimulatedCase[] {
    return [...keys].map((key) => this.#byKey.get(key) as SimulatedCase);
  }

  #end(item: SimulatedCase | undefined, state: 'resolved' | 'withdrawn', outcome: string | null, now: Instant): void {
    if (item?.state === 'open') this.put({ ...item, state, outcome, endedAt: now });
  }
}

function caseOf(
  step: CaseStep,
  { owner, pairId }: { owner: string; pairId: string | null },
  now: Instant,
): SimulatedCase {
  const { key, caseKind: kind, assignee, supervisor, reason, openedAt, details, lines, outcome = null } = step;
  const opened = { key, owner, kind, pairId, personId: step.personId ?? null };
  const said = { assignee, supervisor, reason, openedAt, details, lines };
  const end =
    outcome === null ? ({ state: 'open', endedAt: null } as const) : ({ state: 'resolved', endedAt: now } as const);
  return { ...opened, ...said, outcome, ...end };
}
