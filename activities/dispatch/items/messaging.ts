import { dateIn, type ItemOf, named } from '../item.ts';

/** What Tandem's own messages say of one row. */

const task: ItemOf = ({ fields, pairIds }) => ({
  reason: String(fields.reason),
  subject: String(fields.subject),
  pairId: pairIds[0] ?? null,
});

const unreachable: ItemOf = (row, context) => ({
  person: named(context, row.fields.personId),
  pairId: row.pairIds[0] ?? String(row.fields.pairId ?? ''),
  template: String(row.fields.template),
  reason: String(row.fields.reason),
});

const channelParked: ItemOf = (row) => ({
  channel: String(row.fields.channel),
  provider: String(row.fields.provider),
  code: String(row.fields.code),
  since: dateIn(row, 'since'),
});

const answerToText: ItemOf = () => ({ channel: 'sms' });

export const messagingItems = {
  task,
  unreachable,
  'channel-parked': channelParked,
  'opt-out-confirmed': answerToText,
  help: answerToText,
} satisfies Record<string, ItemOf>;
