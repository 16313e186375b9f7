import type { MessageRow } from './row.ts';

/** Who is blind-copied: operations, on all mail to mentors, unless the program has switched it off (M7). */
export function blindCopies(rows: MessageRow[], copyOperations: boolean, operations: string | null): string[] {
  if (!copyOperations || operations === null) return [];
  const toMentor = rows.some((row) => row.role === 'mentor' && row.channel === 'email');
  return toMentor && rows.every((row) => row.personId !== operations) ? [operations] : [];
}
