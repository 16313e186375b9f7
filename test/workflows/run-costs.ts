import type { Client } from '@temporalio/client';

/** What one run of a workflow cost. */
export interface RunCosts {
  events: number;
  bytes: number;
  /** Billed actions by kind, as Temporal Cloud counts them; local activities count one per workflow task. */
  actions: Record<string, number>;
}

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
type HistoryEvent = NonNullable<History['events']>[number];

/** Every run of a workflow, oldest first, followed back over continue-as-new. */
export async function costsOf(client: Client, workflowId: string): Promise<RunCosts[]> {
  const runs: RunCosts[] = [];
  for (let runId: string | undefined; ; ) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const events = history.events ?? [];
    runs.unshift({ events: events.length, bytes: bytesOf(history), actions: actionsIn(events) });
    const earlier = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!earlier) return runs;
    runId = earlier;
  }
}

function bytesOf(history: History): number {
  const type = history.constructor as unknown as { encode(of: History): { finish(): Uint8Array } };
  return type.encode(history).finish().length;
}

function actionsIn(events: HistoryEvent[]): Record<string, number> {
  const count = (of: (event: HistoryEvent) => unknown): number => events.filter(of).length;
  const markers = events.flatMap((event) => event.markerRecordedEventAttributes?.workflowTaskCompletedEventId ?? []);
  return {
    'starts and continue-as-new': 1,
    signals: count((event) => event.workflowExecutionSignaledEventAttributes),
    timers: count((event) => event.timerStartedEventAttributes),
    'tasks with local activities': new Set(markers.map(String)).size,
    activities: count((event) => event.activityTaskScheduledEventAttributes),
    updates: count((event) => event.workflowExecutionUpdateAcceptedEventAttributes),
  };
}

/** Actions of each kind over all runs. */
export function kindsOf(runs: RunCosts[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { actions } of runs) {
    for (const [kind, count] of Object.entries(actions)) kinds[kind] = (kinds[kind] ?? 0) + count;
  }
  return kinds;
}

/** All billed actions of these runs. */
export function totalOf(runs: RunCosts[]): number {
  return Object.values(kindsOf(runs)).reduce((sum, count) => sum + count, 0);
}
