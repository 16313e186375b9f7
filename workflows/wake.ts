import { CancellationScope, sleep } from '@temporalio/workflow';

/**
 * The one timer of a durable loop. It is never cancelled: when the deadline moves later the old timer fires and the loop
 * looks again; only an earlier deadline arms another.
 */
export interface Wake {
  /** Waits until `happened()` or until the deadline; null waits for `happened()` alone. Every handler rings. */
  wait(deadline: number | null, happened: () => boolean): Promise<void>;
  /** Something may have happened: who waits looks. */
  ring(): void;
}

/**
 * A wait is one promise that a handler or the timer settles. A `condition` would do the same with several, enter the
 * sandbox once more for each signal, and leave a listener behind that stays as long as the run.
 */
export function createWake(): Wake {
  const armed = new Set<number>();
  let fired = false;
  let look = (): void => undefined;
  let giveUp = (_error: unknown): void => undefined;
  const arm = (deadline: number): void => {
    for (const other of armed) if (other <= deadline) return;
    armed.add(deadline);
    void sleep(Math.max(1, deadline - Date.now())).then(
      () => {
        armed.delete(deadline);
        fired = true;
        look();
      },
      () => undefined,
    );
  };
  const scope = CancellationScope.current();
  void scope.cancelRequested.catch((error: unknown) => giveUp(error));
  return {
    async wait(deadline, happened) {
      if (scope.consideredCancelled) await scope.cancelRequested;
      if (deadline !== null) arm(deadline);
      if (!fired && !happened()) {
        await new Promise<void>((resolve, reject) => {
          look = () => {
            if (fired || happened()) resolve();
          };
          giveUp = reject;
        });
      }
      fired = false;
    },
    ring: () => look(),
  };
}
