import type { MessageRow } from '../../../policy/mailbox/row.ts';
import { standardQuestions } from '../../../policy/pair/check-ins/questions.ts';
import type { CheckInQuestion } from '../../../policy/sections/check-ins.ts';
import { dateOf } from '../../../policy/time.ts';
import { contactName } from '../../../prisma/store/contact-words.ts';
import type { Named } from '../../../templates/context.ts';
import type { CheckInItem } from '../../../templates/items/check-ins.ts';
import { type ItemContext, type ItemOf, named, perhapsNamed } from '../item.ts';

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

/** What was answered, in the order in which it is asked; what nobody asks any more comes last. */
function answersOf(texts: Record<string, string>, questions: 'standard' | CheckInQuestion[]) {
  const own = questions === 'standard' ? [] : questions;
  const order = questions === 'standard' ? standardQuestions.map(({ id }) => id) : own.map(({ id }) => id);
  const rank = (id: string): number => (order.includes(id) ? order.indexOf(id) : order.length);
  return Object.entries(texts)
    .filter(([field]) => field.startsWith(prefix))
    .map(([field, answer]) => ({ id: field.slice(prefix.length), answer }))
    .sort((a, b) => rank(a.id) - rank(b.id) || (a.id < b.id ? -1 : 1))
    .map(({ id, answer }) => {
      const question = own.find((asked) => asked.id === id)?.text ?? `${id.replaceAll('_', ' ')}:`;
      return { question, answer };
    });
}

/** Whoever recorded a contact, where that was not the respondent. */
function recordedBy({ fields }: MessageRow, { wording }: ItemContext): Named | null {
  const name = fields.by === fields.personId ? null : wording.people.get(String(fields.by))?.name;
  return name ? { name } : null;
}

/** The words are for staff alone, and read only as the mail leaves. */
const contactHandoff: ItemOf = (row, context) => {
  const words = context.wording.contacts.get(contactName(row.pairIds[0], row.fields.contact));
  const texts = words?.texts ?? {};
  const program = context.wording.programs.get(row.programId);
  return {
    pairId: row.pairIds[0] ?? '',
    mentor: named(context, row.fields.mentorId),
    mentee: named(context, row.fields.menteeId),
    respondent: String(row.fields.respondent),
    person: perhapsNamed(row.fields.personId, context),
    recordedBy: recordedBy(row, context),
    date: dateOf(words?.at.getTime() ?? row.plannedFor, row.zone),
    mode: String(row.fields.mode),
    safetyConcern: words?.safetyConcern ?? false,
    discomfort: words?.discomfort ?? false,
    answers: answersOf(texts, program?.policy.checkIns?.questions ?? 'standard'),
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
