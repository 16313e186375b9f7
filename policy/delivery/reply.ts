/**
 * How a text that a person sends is read (M8). The words stay where they are stored; only the reading goes further. A clear
 * wish to stop acts at once, since START undoes it; a doubtful one changes nothing by itself and goes to staff.
 */

export type Reading = 'stop' | 'start' | 'help' | 'perhaps_stop' | 'other';

/** Words that mean a stop wherever they are the point of a sentence. */
const strong = ['stop', 'stopall', 'unsubscribe', 'optout'];
/** Words that mean it alone, and something else in most sentences. */
const weak = ['cancel', 'end', 'quit', 'revoke'];

const polite = setOf('please pls plz thanks thank thx hi hello hey ok okay now immediately asap right away');
const ofTexting = setOf(
  `text texts texting sms message messages messaging msg msgs reminder reminders reminding notification notifications
  alert alerts sending contacting bothering spamming`,
);
const glue = setOf(
  `me my us you your i id im it this these those that the to from all any more of and want wanna need would like can could
  just again number phone list sent`,
);

/** What turns a wish around, or into a question, where it comes just before the word. */
const turned = setOf('dont not never didnt did wont cant until before without why if when unless had was has');

/** Clear wherever they stand in a sentence. */
const clearly =
  /\b(stop|quit|end|cancel|no more) (all |the |these |those |your |my |sending |with )*(me )?(text|sms|messag|msg|remind|notif|contacting)\w*|\bunsubscribe me\b|\boptout of\b/;

/** What may be a wish to stop, and is for a person to judge. */
const perhaps = [
  /\b(stop\w*|unsub\w*|optout|opt|cancel\w*|end|ending|quit\w*|revoke\w*)\b/,
  /\bleave (me|us) alone\b/,
  /\bwrong (number|person|phone)\b/,
  /\bwho (is|are|dis|r) (this|you|u)\b|\bwhos this\b|\bwho dis\b|\bnew phone\b/,
  /\bno more\b|\bno thank(s| you)\b|\bnot interested\b|\benough\b/,
  /\b(remove|delete|lose|forget|block|erase) (me|us|my|this|that|the)\b|\btake (me|my|us) off\b/,
  /\b(dont|do not|not|never|quit) (\w+ ){0,2}(text|sms|messag|msg|contact|call|write|bother|want)\w*/,
  /\b(spam|scam|harass|block|report)\w*\b/,
  /\b(alto|parar|basta|arret|no mas)\b/,
];

/** Reads a text. Letter case, punctuation, accents and emoji make no difference. */
export function readReply(text: string): Reading {
  const sentences = sentencesOf(text);
  if (sentences.some(isStop)) return 'stop';
  const words = sentences.flat();
  if (isOnly(words, ['start', 'unstop'], (word) => polite.has(word) || ofTexting.has(word) || glue.has(word))) {
    return 'start';
  }
  if (isOnly(words, ['help', 'info'], (word) => polite.has(word))) return 'help';
  return perhaps.some((pattern) => pattern.test(words.join(' '))) ? 'perhaps_stop' : 'other';
}

/** The sentences of a text, each as its words in lower case without marks; two spellings of opting out are one. */
function sentencesOf(text: string): string[][] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}|['\u2019\u02bc`]/gu, '')
    .toLowerCase();
  return plain
    .split(/[.!?;,\n]+/u)
    .map((sentence) => sentence.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== ''))
    .map((words) => words.join(' ').replace(/\b(opt|opting)( me)? out\b/g, 'optout'))
    .flatMap((sentence) => (sentence === '' ? [] : [sentence.split(' ')]));
}

function isStop(words: string[]): boolean {
  const isGlue = (word: string): boolean => polite.has(word) || ofTexting.has(word) || glue.has(word);
  if (isOnly(words, strong, isGlue)) return true;
  const speaksOfTexting = words.some((word) => ofTexting.has(word));
  if (isOnly(words, weak, (word) => (speaksOfTexting ? isGlue(word) : polite.has(word)))) return true;
  const sentence = words.join(' ');
  const at = sentence.search(clearly);
  if (at < 0) return false;
  const before = sentence.slice(0, at).split(' ').filter(Boolean).slice(-4);
  return !before.some((word) => turned.has(word));
}

/** Whether one of the keywords is there, and beside them only what says nothing else. */
function isOnly(words: string[], keywords: string[], saysNothing: (word: string) => boolean): boolean {
  const others = words.filter((word) => !keywords.includes(word));
  return others.length < words.length && others.every(saysNothing);
}

function setOf(words: string): Set<string> {
  return new Set(words.split(/\s+/));
}

/** What follows from a text. */
export interface ReplyEffect {
  /** The number gets no more texts, or gets them again. */
  number: 'suppress' | 'lift' | null;
  /** Template of the answer. */
  answer: 'opt-out-confirmed' | 'help' | null;
  /** Why staff are to look at it. */
  task: 'possible_opt_out' | 'inbound_text' | null;
}

const effects: Record<Reading, ReplyEffect> = {
  stop: { number: 'suppress', answer: 'opt-out-confirmed', task: null },
  start: { number: 'lift', answer: null, task: null },
  help: { number: null, answer: 'help', task: null },
  perhaps_stop: { number: null, answer: null, task: 'possible_opt_out' },
  other: { number: null, answer: null, task: 'inbound_text' },
};

/**
 * What a reading brings about (M8).
 * @param answered the carrier's own handling has read the text and answered it
 */
export function effectOfReply(reading: Reading, answered: boolean): ReplyEffect {
  return answered ? { ...effects[reading], answer: null } : effects[reading];
}
