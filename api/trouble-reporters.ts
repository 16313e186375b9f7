import type { Respondent } from '../policy/sections/check-ins.ts';
import { choiceRefusal, type TroubleOption } from '../policy/trouble-options.ts';
import type { Queryable } from '../prisma/database.ts';
import { readParts } from '../prisma/store/pair-parts.ts';
import type { ProgramLimit } from '../prisma/store/people.ts';
import type { Fault } from './problem.ts';
import type { CloudEvent } from './schemas/event.ts';

/**
 * What is wrong with reports of trouble whose reporter is named by person id (T2): which part they have in the pair is known
 * by the pair alone. One of an unknown pair waits for it, and is judged by the pair itself.
 */
export async function reporterFaults(
  on: Queryable,
  events: CloudEvent[],
  programIds: ProgramLimit,
): Promise<Map<CloudEvent, Fault>> {
  const reports = events.filter(isReport);
  if (reports.length === 0) return new Map();
  const parts = await readParts(
    on,
    reports.map(({ subject }) => subject),
    programIds,
  );
  const faults = new Map<CloudEvent, Fault>();
  for (const report of reports) {
    const pair = parts.get(report.subject);
    const fault = pair && faultOf(report.data as Record<string, unknown>, pair);
    if (fault) faults.set(report, fault);
  }
  return faults;
}

function isReport({ type, data }: CloudEvent): boolean {
  return type === 'tandem.contact.trouble' && data?.retracts == null;
}

function faultOf({ by, option }: Record<string, unknown>, parts: Map<string, Respondent>): Fault | null {
  const role = parts.get(String(by));
  if (!role) return { pointer: '/data/by', detail: 'Has no part in this pair' };
  const detail = choiceRefusal(role, option as TroubleOption);
  return detail === null ? null : { pointer: '/data/option', detail };
}
