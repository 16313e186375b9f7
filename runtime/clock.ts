/** Where every instant comes from that a rule or a reader sees. */
export interface Clock {
  /** The present instant in epoch milliseconds. */
  now(): Promise<number>;
}

/** The machine's own clock, used everywhere but in rehearsal. */
export const wallClock: Clock = { now: async () => Date.now() };
