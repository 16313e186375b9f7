import type { ProgramDocument } from './program.ts';

export interface Finding {
  /** An error: the document is refused. A warning: it is stored, and the answer says so. */
  severity: 'error' | 'warning';
  code: string;
  /** JSON pointer into the document. */
  pointer: string;
  detail: string;
}

export type LintRule = (document: ProgramDocument) => Finding[];

/** What makes a document impossible. */
export function error(code: string, pointer: string, detail: string): Finding {
  return { severity: 'error', code, pointer, detail };
}

/** What is unwise in a document that is stored all the same. */
export function warning(code: string, pointer: string, detail: string): Finding {
  return { severity: 'warning', code, pointer, detail };
}
