import type { MessageRow } from '../../../policy/mailbox/row.ts';
import type { HelpfulResource } from '../../../templates/items/contact.ts';
import { counterpartOf, dateIn, type ItemContext, type ItemOf, linkOf, named, perhapsNamed } from '../item.ts';

/** What the templates about staying in touch say of one row. */

function helpfulTo(row: MessageRow, context: ItemContext): { resources: HelpfulResource[]; links: string[] } {
  const resources = context.wording.resources.get(row.id) ?? [];
  const links = resources.flatMap(({ url }) => (url === null ? [] : [url]));
  return { resources: resources.map(({ title, text, url }) => ({ title, text, url })), links };
}

const counterpart: ItemOf = (row, context) => ({
  counterpart: counterpartOf(row, context),
  link: linkOf(row, context),
});

const howToReachOut: ItemOf = (row, context) => ({
  variant: row.variant === 'recheck' ? 'recheck' : 'regular',
  counterpart: counterpartOf(row, context),
  link: linkOf(row, context),
  ...helpfulTo(row, context),
});

const resources: ItemOf = (row, context) => ({
  ...helpfulTo(row, context),
  link: linkOf(row, context),
});

const troubleCase: ItemOf = (row, context) => ({
  pairId: row.pairIds[0] ?? '',
  mentor: named(context, row.fields.mentorId),
  mentee: named(context, row.fields.menteeId),
  reporter: perhapsNamed(row.fields.personId, context),
  option: (row.fields.option as string | null) ?? null,
  topic: (row.fields.topic as string | null) ?? null,
  immediate: row.fields.immediate === true,
  since: dateIn(row, 'since'),
  resources: helpfulTo(row, context).resources.map(({ title }) => ({ name: title })),
});

const troubleReceived: ItemOf = (row, context) => ({
  contact: perhapsNamed(row.fields.contactId, context),
  answerBy: String(row.fields.answerBy),
});

const pairClosed: ItemOf = (row, context) => ({
  counterpart: counterpartOf(row, context),
  contact: perhapsNamed(row.fields.contactId, context),
});

export const contactItems = {
  'log-conversation': counterpart,
  'flag-invitation': counterpart,
  'encourage-contact': counterpart,
  'how-to-reach-out': howToReachOut,
  resources,
  celebrate: counterpart,
  'trouble-case': troubleCase,
  'trouble-received': troubleReceived,
  'pair-closed': pairClosed,
} satisfies Record<string, ItemOf>;
