import type { StaffIds } from '../../policy/program.ts';
import { type Queryable, queryRows } from '../database.ts';

/** What a new pair and a changed one have to agree with. */

/** Whether there is such a class in the program. */
export async function isClassOf(on: Queryable, classId: string, programId: string): Promise<boolean> {
  const rows = await queryRows(on, 'select 1 from classes where id = $1 and program_id = $2', classId, programId);
  return rows.length > 0;
}

export interface Leads {
  coordinator: string | null;
  supervisor: string | null;
}

/** Who leads a pair: its own staff, else the program's. */
export function leadsOf(own: StaffIds, program: StaffIds): Leads {
  return {
    coordinator: own.coordinator ?? program.coordinator ?? null,
    supervisor: own.supervisor ?? program.supervisor ?? null,
  };
}
