import type { SweepStep } from '../../policy/step.ts';
import { type Database, execute, queryRows, type Transaction } from '../database.ts';
import { inTransaction } from './in-transaction.ts';
import { askCohort, remindCohort } from './sweeps/cohort-asking.ts';
import { confirmEnrolments, endPairs } from './sweeps/cohort-ending.ts';
import { gatherActivity } from './sweeps/gather-activity.ts';
import { clearHeard } from './sweeps/inactivity-clear.ts';
import { markInactive } from './sweeps/inactivity-mark.ts';
import { noticeInactive } from './sweeps/inactivity-notice.ts';
import type { Stage, SweepTerms } from './sweeps/stage.ts';
import { withdrawOtherGroups } from './sweeps/told.ts';

/**
 * What a program decides about many people at once (S8, S9), carried out by statements over sets of them. Each sweep is a
 * list of stages, each stage goes through its items in the order of their ids, and each transaction moves the sweep's row
 * as far as it came: two at once wait for each other, and one that is interrupted goes on where it was.
 */
const stages: Record<string, Stage[]> = {
  'cohort-offer': [askCohort],
  'cohort-reminder': [remindCohort],
  'cohort-end': [endPairs, confirmEnrolments],
  inactivity: [gatherActivity, clearHeard, markInactive, noticeInactive],
};

export interface Sweeping extends SweepTerms {
  /** Every sweep of the program that stands. */
  sweeps: SweepStep[];
  /** Called after each transaction. */
  moved?: () => void;
}

export interface Swept {
  /** Items that were changed. */
  changed: number;
  transactions: number;
}

/** Carries out the sweeps that are not done, and withdraws what those said that stand no more. */
export async function carryOutSweeps(database: Database, { sweeps, moved, ...terms }: Sweeping): Promise<Swept> {
  const groups = [...new Set(sweeps.map(({ group }) => group))];
  await inTransaction(database, (on) => withdrawOtherGroups(on, terms.programId, groups, terms.now));
  const swept: Swept = { changed: 0, transactions: 0 };
  for (const sweep of sweeps) {
    for (let done = false; !done; moved?.()) {
      const step = await inTransaction(database, (on) => moveOn(on, sweep, terms));
      swept.changed += step.changed;
      swept.transactions++;
      ({ done } = step);
    }
  }
  return swept;
}

async function moveOn(
  on: Transaction,
  sweep: SweepStep,
  terms: SweepTerms,
): Promise<{ changed: number; done: boolean }> {
  const found = await lockSweep(on, sweep, terms.programId);
  const all = stages[sweep.name];
  if (!all) throw new Error(`no such sweep: ${sweep.name}`);
  const stage = all[found.stage];
  if (found.completedAt || !stage) return { changed: 0, done: true };
  const { after, changed } = await stage(on, sweep, terms, found.after);
  const next = after === null ? { stage: found.stage + 1, after: '' } : { stage: found.stage, after };
  const done = next.stage >= all.length;
  const sql = `
    update sweeps set stage = $2, after = $3, changed = changed + $4, completed_at = $5::timestamptz where key = $1`;
  await execute(on, sql, sweep.key, next.stage, next.after, changed, done ? new Date(terms.now) : null);
  return { changed, done };
}

interface SweepRow {
  stage: number;
  after: string;
  completedAt: Date | null;
}

async function lockSweep(on: Transaction, { key, name, at, parameters }: SweepStep, programId: string) {
  const insert = `
    insert into sweeps (key, program_id, name, at, parameters, stage, after, changed)
    values ($1, $2, $3, $4::timestamptz, $5::jsonb, 0, '', 0) on conflict (key) do nothing`;
  await execute(on, insert, key, programId, name, new Date(at), JSON.stringify(parameters));
  const sql = `select stage, after, completed_at as "completedAt" from sweeps where key = $1 for update`;
  const [row] = await queryRows<SweepRow>(on, sql, key);
  return row as SweepRow;
}
