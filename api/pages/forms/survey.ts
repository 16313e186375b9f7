import { codedAnswer } from '../../../policy/coded-answer.ts';
import { idOf } from '../../../policy/pair/context.ts';
import { codedWords } from '../../../policy/safety.ts';
import type { Instant } from '../../../policy/time.ts';
import { type AnsweringPair, partOf, readAnsweringPair } from '../../../prisma/store/answering.ts';
import { digestOf } from '../../digest.ts';
import type { Entered } from '../response-form.ts';
import type { FormView } from '../response-page.ts';
import { hearConcern, isAnswered, type ResponseForm, takeAnswer } from './form.ts';
import { type SurveyKind, surveyTexts } from './survey-texts.ts';

/** The form of a survey (S2): one mark on a scale, and a comment. */

const scaleTop = 5;
const marks = Array.from({ length: scaleTop }, (_, index) => String(index + 1));
const longestComment = 5_000;

const instruments: Record<SurveyKind, string> = {
  survey: 'mqs',
  'meeting-survey': 'post_meeting',
  'exit-survey': 'exit',
};

/** The form of one kind of survey. */
export function surveyForm(kind: SurveyKind): ResponseForm {
  return async (deps, { of: pairId, personId, occasion }) => {
    const pair = await readAnsweringPair(deps.database, { pairId, personId });
    if (!pair) return null;
    const by = partOf(pair, personId);
    const identity = { pairId, personId, key: idOf('ans', `${pairId}/${occasion}/${personId}`) };
    const take = ({ score, comment }: Entered, now: Instant) => {
      const given = { by, instrument: instruments[kind], score: Number(score), scale: scaleTop, comment };
      return takeAnswer(deps, identity, codedAnswer('survey.answered', given, pair.keywords), given, now);
    };
    return {
      view: viewOf(kind, pair, by === 'mentor' ? pair.menteeName : pair.mentorName),
      answered: await isAnswered(deps.database, identity, 'survey.answered'),
      take,
      async hear(entered, now) {
        const { score = '', comment = '' } = entered;
        const code = codedWords({ comment }, pair.keywords).keyword;
        if (code === undefined) return false;
        if (marks.includes(score)) return (await take(entered, now)).outcome !== 'gone';
        const ref = `${identity.key}-${digestOf(comment).slice(0, 16)}`;
        return hearConcern(deps, { programId: pair.programId, pairId, personId, code, ref, text: comment, now });
      },
    };
  };
}

function viewOf(kind: SurveyKind, { locale, personName, programName }: AnsweringPair, counterpart: string): FormView {
  const texts = surveyTexts(locale);
  const options = texts.scale.map((label, index) => ({ value: marks[index] as string, label }));
  const { title, about, question } = texts.kinds[kind];
  return {
    locale,
    personName,
    programName,
    title,
    intro: [about(counterpart || texts.somebody), texts.takesMinutes],
    privacy: texts.privacy(programName),
    fields: [
      { kind: 'choice', name: 'score', label: question, required: true, options },
      { kind: 'words', name: 'comment', label: texts.comment, required: false, longest: longestComment },
    ],
  };
}
