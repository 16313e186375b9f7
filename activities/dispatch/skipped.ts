import type { Verdict } from '../../policy/mailbox/decide.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import type { Instant } from '../../policy/time.ts';
import { openStaffTask } from '../../prisma/store/staff-tasks.ts';
import type { DispatchDependencies } from './dependencies.ts';

/** Counts what was given up; a person whom nothing reaches is a task for operations (M5). */
export async function noteSkipped(deps: DispatchDependencies, verdicts: Verdict[], now: Instant): Promise<void> {
  for (const verdict of verdicts) {
    if (verdict.act !== 'skip') continue;
    deps.metrics.dispatch.inc({ outcome: 'skipped', channel: verdict.row.channel, reason: verdict.reason });
    if (verdict.reason === 'unreachable' && (await openUnreachable(deps, verdict.row, now))) await deps.nudge('urgent');
  }
}

/** One open case per person and program, and one mail to operations; nothing more while the case is open. */
async function openUnreachable(
  { database, classify }: DispatchDependencies,
  { programId, personId, pairIds, template }: MessageRow,
  now: Instant,
): Promise<boolean> {
  const key = `unreachable/${programId}/${personId}`;
  const fields = { personId, template, reason: 'unreachable' };
  const message = { template: 'unreachable', channel: 'email', classification: classify('unreachable') } as const;
  const because = { rule: 'M5', facts: [] };
  const task = { key, programId, pairIds, personId, fields, because, message };
  return openStaffTask(database, { ...task, kind: 'unreachable', reason: 'unreachable' }, now);
}
