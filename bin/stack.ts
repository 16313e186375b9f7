/** Things that were started one after the other and are stopped in the opposite order. */
export interface Stack {
  /** Stops everything, once, however often it is called. */
  stop(): Promise<void>;
  /** Rejects when something that should run for ever fails; never resolves. */
  failed: Promise<never>;
}

/** What a stack's start tells of itself. */
export interface Starting {
  /** How to stop what was just started. */
  started(stop: () => Promise<unknown>): void;
  /** Something that should run until it is stopped. */
  watch(running: Promise<unknown>): void;
}

/**
 * Starts things in order and remembers how to stop each. When one of them cannot be started, those before it are stopped
 * and the fault is thrown.
 */
export async function stackOf(start: (starting: Starting) => Promise<void>): Promise<Stack> {
  const stops: Array<() => Promise<unknown>> = [];
  let stopping: Promise<void> | null = null;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  const stopAll = async (): Promise<void> => {
    for (const undo of stops.reverse()) await undo().catch(() => undefined);
  };
  const stop = (): Promise<void> => {
    stopping ??= stopAll();
    return stopping;
  };
  try {
    await start({
      started: (undo) => void stops.push(undo),
      // What ends while everything is being stopped has not failed.
      watch: (running) => void running.catch((error) => (stopping === null ? fail(error) : undefined)),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { failed, stop };
}
