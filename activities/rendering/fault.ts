/** Why a message cannot leave as it is (M11). */
export type FaultReason =
  | 'unfilled'
  | 'not_a_date'
  | 'control_character'
  | 'link_not_allowed'
  | 'no_subject'
  | 'no_body'
  | 'no_text'
  | 'template_broken';

/** The part of a message a fault is in. */
export type Part = 'subject' | 'body';

/** A merge field (as the template spells it) or a line of the template, where the fault has one. */
export interface FaultPlace {
  field?: string | null;
  line?: number | null;
  detail?: string;
}

/**
 * A message that may not be sent. Names the merge field or the reason, and nothing of what any field holds, so that it can
 * be logged and stored.
 */
export class UnfilledTemplateError extends Error {
  readonly reason: FaultReason;
  readonly part: Part;
  readonly field: string | null;
  readonly line: number | null;

  constructor(reason: FaultReason, part: Part, place: FaultPlace = {}) {
    super(place.detail ?? describe(reason, place.field ?? null));
    this.name = 'UnfilledTemplateError';
    this.reason = reason;
    this.part = part;
    this.field = place.field ?? null;
    this.line = place.line ?? null;
  }
}

const sentences: Record<FaultReason, string> = {
  unfilled: 'a merge field has no value',
  not_a_date: 'a merge field is not a date',
  control_character: 'contains a control character',
  link_not_allowed: 'contains a link that is not one of the program’s links',
  no_subject: 'a mail needs a subject',
  no_body: 'the text is empty',
  no_text: 'there is no text for this template, channel and variant',
  template_broken: 'the template cannot be rendered',
};

function describe(reason: FaultReason, field: string | null): string {
  return field === null ? sentences[reason] : `${sentences[reason]}: ${field}`;
}
