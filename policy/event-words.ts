import type { EntryData, PairEventName, PersonEventName } from './event.ts';

/** Which fields of an event a person writes words in: they stay in the database, and no workflow sees them. */

interface WordFields {
  words: readonly string[];
  /** Those of them in which a code of the program's own is no words. */
  codes?: readonly string[];
}

const wordFields: Partial<Record<PairEventName | PersonEventName, WordFields>> = {
  'week.excused': { words: ['reason'], codes: ['reason'] },
  'flag.submitted': { words: ['topic', 'text'], codes: ['topic'] },
  'meeting.recorded': { words: ['activity', 'place', 'moodText'] },
  'checkin.recorded': { words: ['answers', 'notes', 'roadblocks'] },
  'survey.answered': { words: ['comment'] },
  'support.recorded': { words: ['notes'] },
};

const codePattern = /^[A-Za-z0-9_.-]{1,64}$/;

/** Whether something is a word of the program's own vocabulary. */
export function isCode(given: unknown): boolean {
  return typeof given === 'string' && codePattern.test(given);
}

/**
 * The data of an event, parted: coded fields, which a workflow may see, and words by field, which it may not. An answer is
 * the field `answers.` and the id of its question.
 */
export function partedWords(
  name: PairEventName | PersonEventName,
  given: Record<string, unknown>,
): { data: EntryData; texts: Record<string, string> } {
  const { words = [], codes = [] } = wordFields[name] ?? {};
  const data: EntryData = {};
  const texts: Record<string, string> = {};
  for (const [field, value] of Object.entries(given)) {
    if (value == null) continue;
    if (!words.includes(field) || (codes.includes(field) && isCode(value))) data[field] = value;
    else if (field === 'answers') Object.assign(texts, answerTexts(value as Record<string, unknown>));
    else if (wordsIn(value).trim() !== '') texts[field] = wordsIn(value);
  }
  return { data, texts };
}

function answerTexts(answers: Record<string, unknown>): Record<string, string> {
  const given = Object.entries(answers).filter(([, answer]) => answer !== null);
  const texts = given.map(([question, answer]) => [`answers.${question}`, wordsIn(answer)]);
  return Object.fromEntries(texts.filter(([, text]) => text !== ''));
}

/**
 * What a value says as a text. The items of a list are sentences of their own, so that no word of one negates the next, and
 * are told apart where a mail runs its lines together.
 */
function wordsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.map(wordsIn).join(',\n') : JSON.stringify(value);
}
