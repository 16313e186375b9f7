import type { Instant } from '../time.ts';

interface Entry {
  at: Instant;
  actor: string;
}

/** Who is to be woken when: one instant per actor, the soonest first. Setting another instant replaces the first. */
export class Agenda {
  readonly #heap: Entry[] = [];
  readonly #at = new Map<string, Instant>();

  /** @param at null: the actor is not to be woken */
  set(actor: string, at: Instant | null): void {
    if (at === null) {
      this.#at.delete(actor);
    } else if (this.#at.get(actor) !== at) {
      this.#at.set(actor, at);
      this.#push({ at, actor });
    }
  }

  /** The soonest instant; null when nobody is to be woken. */
  next(): Instant | null {
    for (let first = this.#heap[0]; first; first = this.#heap[0]) {
      if (this.#at.get(first.actor) === first.at) return first.at;
      this.#pop();
    }
    return null;
  }

  /** Takes out everybody who is to be woken by `now`. */
  takeDue(now: Instant): string[] {
    const due: string[] = [];
    for (let at = this.next(); at !== null && at <= now; at = this.next()) {
      const { actor } = this.#pop();
      this.#at.delete(actor);
      due.push(actor);
    }
    return due;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if ((heap[parent] as Entry).at <= entry.at) break;
      heap[index] = heap[parent] as Entry;
      index = parent;
    }
    heap[index] = entry;
  }

  #pop(): Entry {
    const heap = this.#heap;
    const first = heap[0] as Entry;
    const last = heap.pop() as Entry;
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as Entry).at < (heap[child] as Entry).at) child++;
      if ((heap[child] as Entry).at >= entry.at) break;
      heap[index] = heap[child] as Entry;
      index = child;
    }
    heap[index] = entry;
  }
}
