import { outreachAddress } from '../../policy/delivery/inbound-mail.ts';
import { reachOf, reachOfAll } from '../../policy/delivery/reach.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { idOf } from '../../policy/pair/context.ts';
import { dateOf } from '../../policy/time.ts';
import type { TemplateItem } from '../../templates/context.ts';
import type { TemplateKey } from '../../templates/table.ts';
import { type ItemContext, type ItemOf, linkOf, named } from './item.ts';
import { requestItems } from './request-items.ts';

export type { ItemContext };

/** What each template says of one row. A new template is one function more in this table. */

function outreachOf(
  row: MessageRow,
  context: ItemContext,
): { outreachAddress: string | null; outreachMailto: string | null } {
  const caseKey = row.fields.caseKey;
  if (context.inboundDomain === null || typeof caseKey !== 'string')
    return { outreachAddress: null, outreachMailto: null };
  const address = outreachAddress(idOf('case', caseKey), context.inboundDomain);
  return { outreachAddress: address, outreachMailto: `mailto:?bcc=${encodeURIComponent(address)}` };
}

function datesIn(row: MessageRow): string[] {
  return Array.isArray(row.fields.missedDates) ? row.fields.missedDates.map(String) : [];
}

function dateIn(row: MessageRow, field: string): string {
  return dateOf(Number(row.fields[field] ?? row.plannedFor), row.zone);
}

const classReminder: ItemOf = (row, context) => ({
  variant: row.variant === 'missed-week' ? 'missed-week' : 'regular',
  mentee: named(context, row.fields.menteeId),
  sessionDate: String(row.fields.sessionDate),
  nextSessionDate: (row.fields.nextSessionDate as string | null) ?? null,
  missedDate: (row.fields.missedDate as string | null) ?? null,
  link: linkOf(row, context),
});

/** Whether the mentor was reached is said in the flag itself (W21). */
const escalationFlag: ItemOf = (row, context) => {
  const facts = context.wording.reminders.get(row.pairIds[0] ?? '') ?? [];
  const reminders = facts.map((fact) => {
    const { reached, why } = reachOf(fact);
    const date = dateOf(Date.parse(fact.plannedFor), row.zone);
    return { channel: fact.channel, date, delivered: reached === 'yes', unknown: reached === 'unknown', reason: why };
  });
  const { reached } = reachOfAll(facts);
  return {
    pairId: row.pairIds[0] ?? '',
    mentor: named(context, row.fields.mentorId),
    mentee: named(context, row.fields.menteeId),
    missedDates: datesIn(row),
    streak: datesIn(row).length,
    since: dateIn(row, 'since'),
    noReminderReached: reached === 'no',
    reachUnknown: reached === 'unknown',
    reminders,
    ...outreachOf(row, context),
  };
};

const escalationWithdrawn: ItemOf = (row, context) => ({
  pairId: row.pairIds[0] ?? '',
  mentor: named(context, row.fields.mentorId),
  mentee: named(context, row.fields.menteeId),
  missedDates: datesIn(row),
  reason: row.fields.reason as 'late_arrival',
});

const outreachPrompt: ItemOf = (row, context) => ({
  pairId: row.pairIds[0] ?? '',
  mentor: named(context, row.fields.mentorId),
  mentee: named(context, row.fields.menteeId),
  since: dateIn(row, 'since'),
  days: Number(row.fields.days),
  ...outreachOf(row, context),
});

const focusDigest: ItemOf = (row, context) => ({
  coordinator: named(context, row.personId),
  entries: (context.wording.focus.get(`${row.programId}|${row.personId}`) ?? []).map((fact) => ({
    mentor: { name: fact.mentorName },
    mentee: { name: fact.menteeName },
    reason: fact.reason,
    streak: fact.streak,
    since: dateOf(fact.since.getTime(), row.zone),
    lastOutreach: fact.lastOutreach ? dateOf(fact.lastOutreach.getTime(), row.zone) : null,
  })),
});

const task: ItemOf = (row) => ({ reason: String(row.fields.reason), subject: String(row.fields.subject) });

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

const items: Record<TemplateKey, ItemOf> = {
  'class-reminder': classReminder,
  'escalation-flag': escalationFlag,
  'escalation-withdrawn': escalationWithdrawn,
  'outreach-prompt': outreachPrompt,
  'focus-digest': focusDigest,
  ...requestItems,
  task,
  unreachable,
  'channel-parked': channelParked,
  'opt-out-confirmed': answerToText,
  help: answerToText,
};

export function itemOf(row: MessageRow, context: ItemContext): TemplateItem {
  return items[row.template as TemplateKey](row, context);
}
