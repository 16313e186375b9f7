import type { Client } from '@temporalio/client';

/** What one run of a workflow cost. */
export interface RunCosts {
  events: number;
  bytes: number;
  /** Billed actions by kind, as Temporal Cloud counts them; local activities count one per workflow task. */
  actions: Record<string, number>;
}

type Response = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;
type HistoryEvent = NonNullable<NonNullable<Response['history']>['events']>[number];

interface History {
  events: HistoryEvent[];
  bytes: number;
}

/** Every run of a workflow, newest first, followed back over continue-as-new; none when it never ran. */
export async function runsOf(client: Client, workflowId: string): Promise<RunCosts[]> {
  const runs: RunCosts[] = [];
  for (let runId: string | undefined = ''; runId !== undefined; ) {
    const found: History | null = await eventsOf(client, workflowId, runId).catch(noneWhenNotFound);
    if (found === null) break;
    const { events, bytes }: History = found;
    const started: HistoryEvent['workflowExecutionStartedEventAttributes'] =
      events[0]?.workflowExecutionStartedEventAttributes;
    runs.push({ events: events.length, bytes, actions: actionsIn(events) });
    runId = started?.continuedExecutionRunId || undefined;
  }
  return runs;
}

const notFound = 5;

function noneWhenNotFound(error: unknown): null {
  if ((error as { code?: number }).code === notFound) return null;
  throw error;
}

async function eventsOf(client: Client, workflowId: string, runId: string): Promise<History> {
  const { workflowService, options } = client;
  const execution = runId === '' ? { workflowId } : { workflowId, runId };
  const request = { namespace: options.namespace, execution };
  const { history } = await workflowService.getWorkflowExecutionHistory(request);
  if (!history) throw new Error('there is no history');
  const type = history.constructor as unknown as { encode(of: unknown): { finish(): Uint8Array } };
  return { events: history.events ?? [], bytes: type.encode(history).finish().length };
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
