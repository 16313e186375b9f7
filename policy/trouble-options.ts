import type { Respondent } from './sections/check-ins.ts';

/** "I can't get in touch": what may be chosen, and by whom (T2). */
export const troubleOptions = [
  'how_to_reach_out',
  'talk_to_someone',
  'rematch_me',
  'unmatch_no_rematch',
  'remove_me',
] as const;
export type TroubleOption = (typeof troubleOptions)[number];

/** Why somebody in this part of a pair cannot choose an option; null where they can. */
export function choiceRefusal(role: Respondent, option: TroubleOption): string | null {
  if (role === 'mentee' && option === 'unmatch_no_rematch') return 'A mentee cannot choose this option';
  if (role !== 'guardian' || option === 'talk_to_someone' || option === 'remove_me') return null;
  return 'A guardian can choose talk_to_someone or remove_me';
}
