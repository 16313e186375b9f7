/** Forms on which people answer: their fields, and what came back. Words and choices only, and nothing that needs a script. */

interface FieldFrame {
  /** Name of the field in the form; unique in it. */
  name: string;
  label: string;
  hint?: string;
  required: boolean;
}

export type Field =
  | (FieldFrame & { kind: 'choice'; options: ReadonlyArray<{ value: string; label: string }> })
  | (FieldFrame & { kind: 'count'; most: number })
  | (FieldFrame & { kind: 'words'; longest: number });

export type FaultReason = 'required' | 'not_offered' | 'no_count' | 'too_long';

export interface FieldFault {
  field: Field;
  reason: FaultReason;
}

/** What somebody entered, by name of the field; a field without anything is left out. */
export type Entered = Readonly<Record<string, string>>;

/**
 * What a submitted form says, and what is wrong with it. Fields that the form does not have are nothing; of a field that
 * comes twice the first counts.
 * @param body as a browser sends it, `application/x-www-form-urlencoded`
 */
export function enteredIn(fields: readonly Field[], body: string): { entered: Entered; faults: FieldFault[] } {
  const form = new URLSearchParams(body);
  const given = fields.map((field) => ({ field, text: clean(form.get(field.name) ?? '') }));
  const entered = Object.fromEntries(
    given.filter(({ text }) => text !== '').map(({ field, text }) => [field.name, text]),
  );
  const faults = given.flatMap(({ field, text }): FieldFault[] => {
    const reason = text === '' ? (field.required ? 'required' : null) : faultOf(field, text);
    return reason === null ? [] : [{ field, reason }];
  });
  return { entered, faults };
}

/** Line ends as one character, as browsers count them against `maxlength`; what no database stores is left out. */
function clean(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]|\p{Surrogate}/gu, '')
    .trim();
}

function faultOf(field: Field, text: string): FaultReason | null {
  switch (field.kind) {
    case 'choice':
      return field.options.some(({ value }) => value === text) ? null : 'not_offered';
    case 'count':
      return /^\d{1,4}$/.test(text) && Number(text) <= field.most ? null : 'no_count';
    case 'words':
      return text.length <= field.longest ? null : 'too_long';
  }
}
