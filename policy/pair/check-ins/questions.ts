import type { Respondent } from '../../sections/check-ins.ts';

/** What every check-in asks where a program has no questions of its own (K5); the wording is the page's, by language. */

/** How a question is answered: 1 (hard) to 5 (great), a number, yes or no, or words. */
export type QuestionKind = 'scale' | 'count' | 'yes_no' | 'words';

export interface StandardQuestion {
  id: string;
  kind: QuestionKind;
  respondents: readonly Respondent[];
}

const everybody = ['mentor', 'mentee', 'guardian'] as const;
const thePair = ['mentor', 'mentee'] as const;

/** In the order in which they are asked. Safety, and a mentee's comfort, are asked beside them, always. */
export const standardQuestions: readonly StandardQuestion[] = [
  { id: 'going', kind: 'scale', respondents: everybody },
  { id: 'met', kind: 'count', respondents: everybody },
  { id: 'next_meeting', kind: 'yes_no', respondents: thePair },
  { id: 'goes_well', kind: 'words', respondents: everybody },
  { id: 'is_hard', kind: 'words', respondents: everybody },
  { id: 'support', kind: 'words', respondents: ['mentor', 'guardian'] },
];

/** The standard questions that a respondent is asked. */
export function questionsFor(respondent: Respondent): StandardQuestion[] {
  return standardQuestions.filter((question) => question.respondents.includes(respondent));
}
