import type { MessageRow } from './row.ts';

/**
 * Who is blind-copied: operations, on all mail to mentors, unless the program has switched it off (M7). Not on mail with a
 * signed answer link, by which whoever reads the copy could answer for the mentor.
 */
export function blindCopies(rows: MessageRow[], copyOperations: boolean, operations: string | null): string[] {
  if (!copyOperations || operations === null) return [];
  if (rows.some((row) => row.classification.answerLink)) return [];
  const toMentor = rows.some((row) => row.role === 'mentor' && row.channel === 'email');
  return toMentor && rows.every((row) => row.personId !== operations) ? [operations] : [];
}
