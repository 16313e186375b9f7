import { type ItemOf, named } from '../item.ts';

/** What the templates about the life cycle say of one row. */

const inactivityNotice: ItemOf = (row, context) => ({
  answerBy: String(row.fields.answerBy),
  link: context.answerLink(row),
});

const cohortOptOut: ItemOf = (row, context) => ({
  variant: row.variant === 'reminder' ? 'reminder' : 'regular',
  endsOn: String(row.fields.endsOn),
  link: context.answerLink(row),
});

const parting: ItemOf = (row, context) => ({
  counterpart: named(context, row.role === 'mentor' ? row.fields.menteeId : row.fields.mentorId),
  link: context.answerLink(row),
});

export const lifecycleItems = {
  'inactivity-notice': inactivityNotice,
  'cohort-opt-out': cohortOptOut,
  'exit-survey': parting,
  'closure-rule': parting,
} satisfies Record<string, ItemOf>;
