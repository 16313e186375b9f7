import type { RequestEvent } from '../policy/event.ts';
import type { Lead } from '../policy/pair/context.ts';
import type { Instant } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import { expireRequest } from '../prisma/store/request-answers.ts';
import { type RequestWork, readRequestWork } from '../prisma/store/request-work.ts';

export type { RequestWork };

export interface RequestActivities {
  /** What a request's decision rests on, as it is now; null when there is no such request. */
  readRequest(input: { requestId: string }): Promise<RequestWork | null>;
  /** Closes a round whose date has come, unless an answer was recorded first; answers the entry that says so. */
  closeRequest(input: { requestId: string; round: number; now: Instant }): Promise<RequestEvent | null>;
}

export function createRequestActivities(deps: { database: Database; lead: Lead }): RequestActivities {
  return {
    readRequest: ({ requestId }) => readRequestWork(deps.database, requestId, deps.lead),
    closeRequest: ({ requestId, round, now }) => expireRequest(deps.database, requestId, round, now),
  };
}
