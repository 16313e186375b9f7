import type { ResponseKind, ResponseSubject } from '../policy/delivery/answer-link.ts';
import type { Signer } from './signing.ts';

const purpose = 'response';

/** A letter each, so that a link fits into a text. */
const letters: Record<ResponseKind, string> = {
  'check-in': 'c',
  survey: 's',
  'meeting-survey': 'm',
  'exit-survey': 'x',
  enrolment: 'e',
};
const kinds = new Map(Object.entries(letters).map(([kind, letter]) => [letter, kind as ResponseKind]));

/** The signed part of the address of an answer form; whoever has it may answer once. The same for the same subject. */
export function responseToken(signer: Signer, subject: ResponseSubject): string {
  const { kind, of, personId, occasion, expires } = subject;
  return signer.sign(purpose, [letters[kind], of, personId, (expires / 1000).toString(36), occasion].join('/'));
}

/** Null unless this installation made the token; whether it has expired is for the reader to judge. */
export function readResponseToken(signer: Signer, token: string): ResponseSubject | null {
  const [letter = '', of, personId, seconds, ...rest] = signer.verify(purpose, token)?.split('/') ?? [];
  const kind = kinds.get(letter);
  const occasion = rest.join('/');
  if (!kind || !of || !personId || !seconds || !occasion) return null;
  return { kind, of, personId, occasion, expires: Number.parseInt(seconds, 36) * 1000 };
}
