import type { PairRecord, RecordSet } from '../step.ts';

export interface SimulatedRecord extends PairRecord {
  pairId: string;
  kind: string;
}

/** What pairs tell of single concerns, in memory. */
export class RecordList {
  readonly #byPair = new Map<string, Map<string, SimulatedRecord>>();

  all(): SimulatedRecord[] {
    return [...this.#byPair.values()].flatMap((records) => [...records.values()]);
  }

  /** Makes a pair's records of each kind, from the set's first day on, what the set holds. */
  say(pairId: string, sets: RecordSet[]): void {
    const records = this.#byPair.get(pairId) ?? new Map<string, SimulatedRecord>();
    this.#byPair.set(pairId, records);
    for (const { kind, from, items } of sets) {
      for (const [name, record] of records) if (record.kind === kind && record.day >= from) records.delete(name);
      for (const item of items) records.set(`${kind}/${item.key}`, { ...item, pairId, kind });
    }
  }
}
