import { maskContacts } from '../../../policy/request/mask.ts';
import { dateOf } from '../../../policy/time.ts';
import { isBlank } from '../../rendering/values.ts';
import { counterpartOf, dateIn, type ItemOf, linkOf, named } from '../item.ts';

/** What the templates about the first meeting say of one row. */

const nudge: ItemOf = (row, context) => ({
  counterpart: counterpartOf(row, context),
  link: linkOf(row, context),
});

const alert: ItemOf = (row, context) => ({
  pairId: row.pairIds[0] ?? '',
  mentor: named(context, row.fields.mentorId),
  mentee: named(context, row.fields.menteeId),
  matchedOn: dateIn(row, 'matchedAt'),
  comments: (context.wording.comments.get(row.owner) ?? [])
    .filter(({ text }) => !isBlank(text))
    .map(({ by, at, text }) => ({ by, date: dateOf(at.getTime(), row.zone), text: maskContacts(text) })),
});

export const firstMeetingItems = {
  'first-meeting-nudge': nudge,
  'first-meeting-alert': alert,
} satisfies Record<string, ItemOf>;
