import { createHash } from 'node:crypto';
import type { Answer } from '../../policy/request/answering.ts';
import { answererOf, type MentorRequest } from '../../policy/request/request.ts';
import { codedWords, type SafetyKeywords } from '../../policy/safety.ts';
import { safety } from '../../policy/sections/safety.ts';
import type { Instant } from '../../policy/time.ts';
import type { Transaction } from '../database.ts';
import { readDocument } from './request-parties.ts';
import { onePairOf, openConcern } from './safety-cases.ts';

/** What somebody wrote in a request, an offer or an answer to one. */
export interface RequestWritten {
  programId: string;
  personId: string;
  /** Of the request. */
  id: string;
  /** What was written: the request itself, or the answer to its round. */
  part: 'message' | `answer-${number}`;
  texts: string[];
  /** Whether the request keeps the words; the case does where it does not, so that staff can read them. */
  kept: boolean;
  /** Of the program. */
  keywords: SafetyKeywords;
  now: Instant;
}

/** Opens a safety case where words may tell of danger (K6), also those of a request that is refused. */
export async function openConcernOf(on: Transaction, written: RequestWritten): Promise<void> {
  const { programId, personId, id, part, texts, kept, keywords, now } = written;
  const code = codedWords(Object.fromEntries(texts.entries()), keywords).keyword;
  if (code === undefined) return;
  const pairId = await onePairOf(on, personId, programId);
  const text = texts.join('\n\n');
  const ref = part === 'message' ? id : `${id}-${part}`;
  const own = { ref: kept ? ref : `${ref}-${printOf(text)}`, text: kept ? null : text };
  await openConcern(on, { programId, personId, pairId, code, ...own, now });
}

/** Words of the one who was asked, also where the answer comes too late. */
export async function openConcernOfAnswer(
  on: Transaction,
  request: MentorRequest,
  answer: Answer,
  { reply, staffNote }: { reply?: string | undefined; staffNote?: string | undefined },
  kept: boolean,
  now: Instant,
): Promise<void> {
  const texts = [reply, staffNote].filter((text) => text !== undefined);
  if (answer.act !== 'decline' || texts.length === 0 || answer.by !== answererOf(request)) return;
  const { id, programId, round } = request;
  const program = await readDocument(on, programId, null);
  const { keywords } = program?.document.policy.safety ?? safety.defaults;
  const part = `answer-${round}` as const;
  await openConcernOf(on, { programId, personId: answer.by, id, part, texts, kept, keywords, now });
}

/** Tells words that are kept nowhere else apart. */
function printOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
