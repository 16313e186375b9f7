import { codedAnswer } from '../../../policy/coded-answer.ts';
import { questionsFor, type StandardQuestion } from '../../../policy/pair/check-ins/questions.ts';
import { idOf } from '../../../policy/pair/context.ts';
import type { CheckInQuestion, Respondent } from '../../../policy/sections/check-ins.ts';
import type { Instant } from '../../../policy/time.ts';
import { type AnsweringPair, holderOf, partOf, readAnsweringPair } from '../../../prisma/store/answering.ts';
import type { Entered, Field } from '../response-form.ts';
import type { FormView } from '../response-page.ts';
import { responseTexts } from '../response-texts.ts';
import { type CheckInTexts, checkInTexts } from './check-in-texts.ts';
import { isAnswered, type ResponseForm, takeAnswer } from './form.ts';

/** The form of a check-in (K5): the program's questions, and in any case safety, meetings and free notes. */

const longestAnswer = 1_000;
const longestNotes = 5_000;
const meetingsAtMost = 999;
/** Prefix of the fields that hold answers, before the question's id. */
const prefix = 'answers.';

export const checkInForm: ResponseForm = async (deps, { of: pairId, personId, occasion }) => {
  const pair = await readAnsweringPair(deps.database, { pairId, personId });
  const respondent = occasion.split('/')[1] as Respondent;
  if (!pair || holderOf(pair, respondent) !== personId) return null;
  const identity = { pairId, personId, key: idOf('chk', `${pairId}/${occasion}`) };
  const coded = (entered: Entered) => {
    const given = { respondent, mode: 'form', by: partOf(pair, personId), ...givenIn(entered) };
    return { given, answer: codedAnswer('checkin.recorded', given, pair.keywords) };
  };
  const take = (entered: Entered, now: Instant) => {
    const { given, answer } = coded(entered);
    return takeAnswer(deps, identity, answer, given, now);
  };
  return {
    view: viewOf(pair, respondent),
    answered: await isAnswered(deps.database, identity, 'checkin.recorded'),
    take,
    // Answers are free words for whoever reads them: what a field would not take is kept as it was written.
    hear: async (entered, now) => coded(entered).answer.urgent && (await take(entered, now)).outcome !== 'gone',
  };
};

function viewOf(pair: AnsweringPair, respondent: Respondent): FormView {
  const { locale, personName, programName, mentorName, menteeName } = pair;
  const texts = checkInTexts(locale);
  return {
    locale,
    personName,
    programName,
    title: texts.title,
    intro: [texts.about[respondent](mentorName, menteeName), texts.takesMinutes],
    privacy: texts.privacy[respondent](programName),
    fields: fieldsOf(pair, respondent, texts),
  };
}

function fieldsOf({ questions, locale }: AnsweringPair, respondent: Respondent, texts: CheckInTexts): Field[] {
  const { yes, no } = responseTexts(locale);
  const options = [
    { value: 'yes', label: yes },
    { value: 'no', label: no },
  ];
  const standard = questionsFor(respondent).map((question) => standardField(question, respondent, texts, options));
  const asked = questions === 'standard' ? standard : withMeetings(questions.map(ownField), standard);
  const { safety, safetyHint, discomfort, notes, notesHint } = texts;
  return [
    ...asked,
    { kind: 'choice', name: 'safetyConcern', label: safety, hint: safetyHint, required: true, options },
    ...(respondent === 'mentee'
      ? [{ kind: 'choice', name: 'discomfort', label: discomfort, required: false, options } as const]
      : []),
    { kind: 'words', name: 'notes', label: notes, hint: notesHint, required: false, longest: longestNotes },
  ];
}

/** Meetings are asked about whatever a program asks (K5); its own question about them is enough. */
function withMeetings(own: Field[], standard: Field[]): Field[] {
  const meetings = standard.filter(({ name }) => name === `${prefix}met`);
  return [...meetings.filter(({ name }) => own.every((field) => field.name !== name)), ...own];
}

function ownField({ id, text }: CheckInQuestion): Field {
  return { kind: 'words', name: `${prefix}${id}`, label: text, required: false, longest: longestAnswer };
}

function standardField(
  { id, kind }: StandardQuestion,
  respondent: Respondent,
  texts: CheckInTexts,
  yesOrNo: ReadonlyArray<{ value: string; label: string }>,
): Field {
  const frame = { name: `${prefix}${id}`, label: (texts.questions[id] as Record<Respondent, string>)[respondent] };
  const scale = texts.scale.map((label, index) => ({ value: String(index + 1), label }));
  switch (kind) {
    case 'scale':
      return { ...frame, kind: 'choice', required: false, options: scale };
    case 'yes_no':
      return { ...frame, kind: 'choice', required: false, options: yesOrNo };
    case 'count':
      return { ...frame, kind: 'count', required: false, most: meetingsAtMost };
    case 'words':
      return { ...frame, kind: 'words', required: false, longest: longestAnswer };
  }
}

/** The fields of `checkin.recorded` in what was entered. */
function givenIn(entered: Entered): Record<string, unknown> {
  const answers = Object.entries(entered)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, answer]) => [name.slice(prefix.length), answer]);
  return {
    answers: Object.fromEntries(answers),
    safetyConcern: entered.safetyConcern === 'yes',
    ...(entered.discomfort === undefined ? {} : { discomfort: entered.discomfort === 'yes' }),
    ...(entered.notes === undefined ? {} : { notes: entered.notes }),
  };
}
