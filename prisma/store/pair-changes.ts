import type { StaffIds } from '../../policy/program.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, queryRows, type Transaction } from '../database.ts';
import { writePairEntry } from './own-entries.ts';
import { isClassOf, leadsOf } from './pair-terms.ts';
import type { ProgramLimit } from './people.ts';

export interface PairChange {
  id: string;
  /** Null: no class any more. */
  classId?: string | null | undefined;
  /** Roles left out stay; null gives a role back to the program's. */
  staff?: { [Role in keyof StaffIds]?: StaffIds[Role] | null | undefined } | undefined;
}

export type PairChanging = { outcome: 'changed' | 'same' | 'hidden' | 'closed' | 'unknown_class' };

interface LockedPair {
  id: string;
  owner: string;
  programId: string;
  classId: string | null;
  staff: StaffIds;
  state: string;
  programStaff: StaffIds;
}

/** Changes a pair's class or staff, with one journal entry for each. One transaction; the pair's row is locked. */
export function changePair(
  database: Database,
  change: PairChange,
  caller: { programIds: ProgramLimit; now: Instant; salt: string },
): Promise<PairChanging> {
  return database.$transaction(async (on) => {
    const pair = await lockPair(on, change.id, caller.programIds);
    if (!pair) return { outcome: 'hidden' };
    if (pair.state === 'closed') return { outcome: 'closed' };
    const { classId = pair.classId } = change;
    if (classId !== null && !(await isClassOf(on, classId, pair.programId))) return { outcome: 'unknown_class' };
    const staff = mergedStaff(pair.staff, change.staff ?? {});
    const newStaff = JSON.stringify(staff) !== JSON.stringify(mergedStaff(pair.staff, {}));
    const note = { pair, now: caller.now };
    if (classId !== pair.classId) {
      await execute(on, 'update pairs set class_id = $2 where id = $1', pair.id, classId);
      const ref = `class.changed:${pair.id}:${caller.salt}`;
      await writePairEntry(on, { ...note, type: 'class.changed', ref, data: { classId } });
    }
    if (newStaff) {
      await replaceStaff(on, pair, staff);
      const ref = `staff.changed:${pair.id}:${caller.salt}`;
      await writePairEntry(on, { ...note, type: 'staff.changed', ref, data: { staff } });
    }
    return { outcome: newStaff || classId !== pair.classId ? 'changed' : 'same' };
  });
}

async function lockPair(on: Transaction, id: string, programIds: ProgramLimit): Promise<LockedPair | null> {
  const sql = `
    select pairs.id, owner, pairs.program_id as "programId", class_id as "classId", staff, state,
      v.document->'staff' as "programStaff"
    from pairs
    join programs on programs.id = pairs.program_id
    join program_versions v on v.program_id = programs.id and v.version = programs.version
    where pairs.id = $1 and ($2::text[] is null or pairs.program_id = any($2::text[]))
    for update of pairs for share of programs`;
  const [pair] = await queryRows<LockedPair>(on, sql, id, programIds);
  return pair ?? null;
}

/** Roles in one order, without those that are given back. */
function mergedStaff(current: StaffIds, change: NonNullable<PairChange['staff']>): StaffIds {
  const merged = Object.entries({ ...current, ...change }).filter(([, value]) => value != null);
  return Object.fromEntries(merged.sort(([a], [b]) => (a < b ? -1 : 1))) as StaffIds;
}

/** The pair's own cases follow by its next say; those of others follow here. */
async function replaceStaff(on: Transaction, pair: LockedPair, staff: StaffIds): Promise<void> {
  const { coordinator, supervisor } = leadsOf(staff, pair.programStaff);
  const update = `update pairs set staff = $2::jsonb, coordinator_id = $3, supervisor_id = $4 where id = $1`;
  await execute(on, update, pair.id, JSON.stringify(staff), coordinator, supervisor);
  const follow = `
    update cases set assignee = $2, supervisor = $3
    where pair_id = $1 and owner in ('staff', 'import') and kind <> 'safety' and state in ('open', 'acknowledged')`;
  await execute(on, follow, pair.id, coordinator, supervisor);
}
