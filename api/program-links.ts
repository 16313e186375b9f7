import type { ProgramDocument } from '../policy/program.ts';

/** The links of a program that lead everybody to the same place, and may stand in words that many people get. */
export function fixedLinks({ links }: Pick<ProgramDocument, 'links'>): string[] {
  return Object.values(links).filter((link) => !link.includes('{id}'));
}
