import type { TemplateItem } from '../../../templates/context.ts';

/** What sample data is made with. */

/** Of which variant, and which of two merged items, a sample is. */
export interface SampleOf {
  variant: string;
  /** The second of two merged items: another mentee. */
  second: boolean;
  /** Everything that may be null is null. */
  sparse: boolean;
}

/** One item of sample data. */
export type Sample = (of: SampleOf) => TemplateItem;

export const web = 'https://tandem.example.org';
export const outreachAddress = 'outreach+case-17@tandem.example.org';
export const outreachMailto = `mailto:?bcc=${encodeURIComponent(outreachAddress)}`;

/** The links that occur in the sample data. */
export const sampleLinks = [`${web}/p/17`, `${web}/p/18`, `${web}/preferences`, `${web}/responses`, outreachMailto];

/** The mentees of the sample data, first and second item. */
export const sampleMentees = ['Amara', 'Diego'] as const;

/** The missed week of the sample data, and another one to tell whether a text names it at all. */
export const sampleMissedDate = '2026-11-11';
export const otherMissedDate = '2026-10-07';

export const mentor = { name: 'Rosa Lindqvist' };
export const coordinator = { name: 'Kim Doyle' };

/** The pair and the people of a sample. */
export function peopleOf(second: boolean) {
  return { pairId: second ? 'pair_18' : 'pair_17', mentor, mentee: menteeOf(second) };
}

/** Where the recipient of a sample answers. */
export function answerLinkOf(second: boolean): string {
  return `${web}/responses/sample-${second ? 18 : 17}`;
}

export function menteeOf(second: boolean): { name: string } {
  return { name: sampleMentees[second ? 1 : 0] };
}
