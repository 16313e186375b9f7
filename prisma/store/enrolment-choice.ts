import type { Instant } from '../../policy/time.ts';
import { type Database, queryRows, type Transaction } from '../database.ts';
import { heardOf } from './activity.ts';
import { inTransaction } from './in-transaction.ts';
import type { ProgramLimit } from './people.ts';
import { withdrawTold } from './sweeps/told.ts';

/** What somebody says of going on with a program (S9). */
export type EnrolmentChoice = 'confirm' | 'optOut';

/** `hidden`: no such person or enrolment for the caller; `removed`: staff have removed them, and only staff bring them back. */
export type Choosing = { outcome: 'chosen' | 'same' | 'hidden' | 'removed' };

const stateAfter: Record<EnrolmentChoice, string> = { confirm: 'active', optOut: 'optedOut' };

/**
 * Takes down whether somebody goes on with a program, in every role that they have there, and takes back the question where
 * it still waits. It may be said at any time and changed again; pairs that there are go on. One transaction.
 */
export function chooseEnrolment(
  database: Database,
  choice: { personId: string; programId: string; choice: EnrolmentChoice; programIds?: ProgramLimit; now: Instant },
): Promise<Choosing> {
  return inTransaction(database, async (on) => {
    const { personId, programId, programIds = null, now } = choice;
    if (programIds !== null && !programIds.includes(programId)) return { outcome: 'hidden' };
    const states = await lockEnrolments(on, personId, programId);
    if (states.length === 0) return { outcome: 'hidden' };
    if (states.every((state) => state === 'removed')) return { outcome: 'removed' };
    const changed = await write(on, choice);
    const told = { programId, personIds: [personId] };
    for (const template of ['cohort-opt-out', 'inactivity-notice']) await withdrawTold(on, { ...told, template }, now);
    await heardOf(on, [personId], now);
    return { outcome: changed ? 'chosen' : 'same' };
  });
}

async function lockEnrolments(on: Transaction, personId: string, programId: string): Promise<string[]> {
  const sql = `
    select e.state from enrolments e join people p on p.id = e.person_id
    where e.person_id = $1 and e.program_id = $2 and p.erased_at is null order by e.role for update of e`;
  return (await queryRows<{ state: string }>(on, sql, personId, programId)).map(({ state }) => state);
}

/** An answer counts for the run in progress once its people were asked; before, it is the state alone that changes. */
async function write(
  on: Transaction,
  { personId, programId, choice, now }: { personId: string; programId: string; choice: EnrolmentChoice; now: Instant },
): Promise<boolean> {
  const sql = `
    update enrolments set state = $3, state_at = case when state = $3 then state_at else $4 end,
      answered_at = case when offered_at is null then null else $4 end
    where person_id = $1 and program_id = $2 and state <> 'removed'
      and (state <> $3 or offered_at is not null and answered_at is null)
    returning role`;
  const values = [personId, programId, stateAfter[choice], new Date(now)];
  return (await queryRows(on, sql, ...values)).length > 0;
}
