import { outreachAddress } from '../../../policy/delivery/inbound-mail.ts';
import { reachOf, reachOfAll } from '../../../policy/delivery/reach.ts';
import type { MessageRow } from '../../../policy/mailbox/row.ts';
import { idOf } from '../../../policy/pair/context.ts';
import { dateOf } from '../../../policy/time.ts';
import { dateIn, type ItemContext, type ItemOf, linkOf, named } from '../item.ts';

/** What the templates about the class week say of one row. */

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

export const classWeekItems = {
  'class-reminder': classReminder,
  'escalation-flag': escalationFlag,
  'escalation-withdrawn': escalationWithdrawn,
  'outreach-prompt': outreachPrompt,
  'focus-digest': focusDigest,
} satisfies Record<string, ItemOf>;
