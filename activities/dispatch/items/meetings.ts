import type { PromiseBrokenItem } from '../../../templates/items/meetings.ts';
import { counterpartOf, dateIn, type ItemOf, linkOf, named } from '../item.ts';

/** What the templates about meetings say of one row. */

const meetingDetails: ItemOf = (row, context) => ({
  counterpart: counterpartOf(row, context),
  mentee: row.role === 'guardian' ? named(context, row.fields.menteeId) : null,
  date: dateIn(row, 'at'),
  missing: Array.isArray(row.fields.missing) ? row.fields.missing.map(String) : [],
  link: linkOf(row, context),
});

const promiseBroken: ItemOf = (row, context) => ({
  pairId: row.pairIds[0] ?? '',
  mentor: named(context, row.fields.mentorId),
  mentee: named(context, row.fields.menteeId),
  from: String(row.fields.from),
  to: String(row.fields.to),
  kind: row.fields.kind as PromiseBrokenItem['kind'],
  promised: Math.round(Number(row.fields.promised) * 100) / 100,
  held: Number(row.fields.held),
  minutes: Number(row.fields.minutes),
  inRow: Number(row.fields.inRow),
});

export const meetingsItems = {
  'meeting-details': meetingDetails,
  'promise-broken': promiseBroken,
} satisfies Record<string, ItemOf>;
