/** Workflow ids: one maker and one parser for each. They double as the `owner` of messages, cases and journal entries. */

export function pairWorkflowId(programId: string, pairId: string): string {
  return `pair:${programId}:${pairId}`;
}

export function requestWorkflowId(programId: string, requestId: string): string {
  return `request:${programId}:${requestId}`;
}

export function programWorkflowId(programId: string): string {
  return `program:${programId}`;
}

/** Dispatch shards: `people` for rows that the mailbox ranks, `urgent` for rows that go at once. */
export type DispatchShard = 'people' | 'urgent';

export function dispatchWorkflowId(shard: DispatchShard): string {
  return `dispatch:${shard}`;
}

export type WorkflowOwner =
  | { kind: 'pair'; programId: string; pairId: string }
  | { kind: 'request'; programId: string; requestId: string }
  | { kind: 'program'; programId: string }
  | { kind: 'dispatch'; shard: DispatchShard };

/** What a workflow id stands for, or null when it is none of Tandem's. */
export function parseWorkflowId(id: string): WorkflowOwner | null {
  const [kind, first, second, ...rest] = id.split(':');
  if (rest.length > 0 || !first) return null;
  if (kind === 'pair' && second) return { kind, programId: first, pairId: second };
  if (kind === 'request' && second) return { kind, programId: first, requestId: second };
  if (kind === 'program' && second === undefined) return { kind, programId: first };
  if (kind === 'dispatch' && (first === 'people' || first === 'urgent')) return { kind, shard: first };
  return null;
}
