import { lineOf } from './position.ts';

/** A value with the place that it was read from. */
export interface Placed<T> {
  value: T;
  file: string;
  text: string;
  /** Lines before `text` in its file. */
  before: number;
}

/** One fault as a person reads it. */
export function faultAt({ file, text, before }: Placed<unknown>, path: readonly PropertyKey[], detail: string): string {
  const pointer = path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return `${file}:${before + lineOf(text, path)} ${pointer || '/'}: ${detail}`;
}
