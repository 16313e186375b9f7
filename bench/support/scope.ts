/** Things that a benchmark started, to be ended in the opposite order whatever happens. */
export interface Scope {
  /** How to end what was just started. */
  defer(end: () => Promise<unknown>): void;
}

const open = new Set<() => Promise<void>>();

/** Runs with a scope of its own and ends everything that was started in it; a failing end hides no other. */
export async function inScope<T>(use: (scope: Scope) => Promise<T>): Promise<T> {
  const ends: Array<() => Promise<unknown>> = [];
  let ending: Promise<void> | null = null;
  const endAll = async (): Promise<void> => {
    for (const end of ends.reverse()) await end().catch(() => undefined);
  };
  const end = (): Promise<void> => {
    ending ??= endAll();
    return ending;
  };
  open.add(end);
  try {
    return await use({ defer: (later) => void ends.push(later) });
  } finally {
    await end();
    open.delete(end);
  }
}

/** Ends every scope that is open, innermost first: for a benchmark that is interrupted. */
export async function endAllScopes(): Promise<void> {
  for (const end of [...open].reverse()) await end();
}
