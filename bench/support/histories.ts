import type { Client } from '@temporalio/client';

/** What one run of a workflow cost. */
export interface RunCosts {
  events: number;
  bytes: number;
  /** Billed actions by kind, as Temporal Cloud counts them; local activities count one per workflow task. */
  actions: Record<string, number>;
}

type HistoryEvent = NonNullable<Awaited<ReturnType<typeof eventsOf>>['events']>[number];

/** Every run of a workflow, newest first, followed back over continue-as-new. */
export async function runsOf(client: Client, workflowId: string): Promise<RunCosts[]> {
  const runs: RunCosts[] = [];
  for (let runId: string | undefined = ''; runId !== undefined; ) {
    const { events, bytes } = await eventsOf(client, workflowId, runId);
    const started = events[0]?.workflowExecutionStartedEventAttributes;
    runs.push({ events: events.length, bytes, actions: actionsIn(events) });
    runId = started?.continuedExecutionRunId || undefined;
  }
  return runs;
}

async function eventsOf(client: Client, workflowId: string, runId: string) {
  const { workflowService, options } = client;
  const execution = runId === '' ? { workflowId } : { workflowId, runId };
  const request = { namespace: options.namespace, execution };
  const { history } = await workflowService.getWorkflowExecutionHistory(request);
  if (!history) throw new Error('there is no history');
  const { encode } = history.constructor as unknown as { encode(of: unknown): { finish(): Uint8Array } };
  return { events: history.events ?? [], bytes: encode(history).finish().length };
}

function actionsIn(events: HistoryEvent[]): Record<string, number> {
  const count = (of: (event: HistoryEvent) => unknown): number => events.filter(of).length;
  const tasks = new Set(
    events.map((event) => event.markerRecordedEventAttributes?.workflowTaskCompletedEventId?.toString()),
  );
  tasks.delete(undefined);
  return {
    runs: 1,
    signals: count((event) => event.workflowExecutionSignaledEventAttributes),
    timers: count((event) => event.timerStartedEventAttributes),
    'tasks with local activities': tasks.size,
    activities: count((event) => event.activityTaskScheduledEventAttributes),
    updates: count((event) => event.workflowExecutionUpdateAcceptedEventAttributes),
    upserts: count(
      (event) => event.upsertWorkflowSearchAttributesEventAttributes ?? event.workflowPropertiesModifiedEventAttributes,
    ),
  };
}
