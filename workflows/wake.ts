import { condition, sleep } from '@temporalio/workflow';

/**
 * The one timer of a durable loop. It is never cancelled: when the deadline moves later the old timer fires and the loop
 * looks again; only an earlier deadline arms another.
 */
export interface Wake {
  /** Waits until `happened()` or until the deadline; null waits for `happened()` alone. */
  wait(deadline: number | null, happened: () => boolean): Promise<void>;
}

export function createWake(): Wake {
  const armed = new Set<number>();
  let fired = false;
  const arm = (deadline: number): void => {
    for (const other of armed) if (other <= deadline) return;
    armed.add(deadline);
    void sleep(Math.max(1, deadline - Date.now())).then(
      () => {
        armed.delete(deadline);
        fired = true;
      },
      () => undefined,
    );
  };
  return {
    async wait(deadline, happened) {
      if (deadline !== null) arm(deadline);
      await condition(() => fired || happened());
      fired = false;
    },
  };
}
