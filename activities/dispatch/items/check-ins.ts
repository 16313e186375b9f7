import { dateOf } from '../../../policy/time.ts';
import { contactName } from '../../../prisma/store/contact-words.ts';
import type { CheckInItem } from '../../../templates/items/check-ins.ts';
import { type ItemOf, named } from '../item.ts';

/** What the templates about check-ins say of one row. */

const checkIn: ItemOf = (row, context) => ({
  respondent: row.fields.respondent as CheckInItem['respondent'],
  mentor: named(context, row.fields.mentorId),
  mentee: named(context, row.fields.menteeId),
  dueOn: String(row.fields.dueOn),
  link: context.answerLink(row),
});

const overdue: ItemOf = (row, context) => ({
  variant: row.variant === 'live' ? 'live' : 'regular',
  pairId: row.pairIds[0] ?? '',
  mentor: named(context, row.fields.mentorId),
  mentee: named(context, row.fields.menteeId),
  person: named(context, row.fields.personId),
  respondent: String(row.fields.respondent),
  dueOn: String(row.fields.dueOn),
});

const guardianMissing: ItemOf = (row, context) => ({
  pairId: row.pairIds[0] ?? '',
  mentor: named(context, row.fields.mentorId),
  mentee: named(context, row.fields.menteeId),
});

const prefix = 'answers.';

/** The words are for staff alone, and read only as the mail leaves. */
const contactHandoff: ItemOf = (row, context) => {
  const words = context.wording.contacts.get(contactName(row.pairIds[0], row.fields.contact));
  const texts = words?.texts ?? {};
  const answers = Object.entries(texts).filter(([field]) => field.startsWith(prefix));
  return {
    pairId: row.pairIds[0] ?? '',
    mentor: named(context, row.fields.mentorId),
    mentee: named(context, row.fields.menteeId),
    respondent: String(row.fields.respondent),
    person: named(context, row.fields.personId),
    date: dateOf(words?.at.getTime() ?? row.plannedFor, row.zone),
    mode: String(row.fields.mode),
    safetyConcern: words?.safetyConcern ?? false,
    discomfort: words?.discomfort ?? false,
    answers: answers.map(([field, answer]) => ({ question: field.slice(prefix.length).replaceAll('_', ' '), answer })),
    notes: texts.notes ?? null,
    roadblocks: texts.roadblocks ?? null,
  };
};

export const checkInsItems = {
  'check-in': checkIn,
  'check-in-overdue': overdue,
  'guardian-missing': guardianMissing,
  'contact-handoff': contactHandoff,
} satisfies Record<string, ItemOf>;
