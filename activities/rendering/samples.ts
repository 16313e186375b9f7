import type { RequestItem, TemplateContext, TemplateItem } from '../../templates/context.ts';
import { type TemplateKey, templateOf } from '../../templates/table.ts';

const web = 'https://tandem.example.org';
const outreachAddress = 'outreach+case-17@tandem.example.org';
const outreachMailto = `mailto:?bcc=${encodeURIComponent(outreachAddress)}`;

/** The links that occur in the sample data. */
export const sampleLinks = [`${web}/p/17`, `${web}/p/18`, `${web}/preferences`, outreachMailto];

/** The mentees of the sample data, first and second item. */
export const sampleMentees = ['Amara', 'Diego'] as const;

/** The missed week of the sample data, and another one to tell whether a text names it at all. */
export const sampleMissedDate = '2026-11-11';
export const otherMissedDate = '2026-10-07';

const mentor = { name: 'Rosa Lindqvist' };
const coordinator = { name: 'Kim Doyle' };
const weeks = ['2026-11-11', '2026-11-18'];

/**
 * One item of sample data for a template.
 * @param second the second of two merged items: another mentee
 * @param sparse everything that may be null is null
 */
function sampleItem(key: TemplateKey, variant: string, second: boolean, sparse: boolean): TemplateItem {
  const mentee = { name: sampleMentees[second ? 1 : 0] };
  const pairId = second ? 'pair_18' : 'pair_17';
  const outreach = sparse ? { outreachAddress: null, outreachMailto: null } : { outreachAddress, outreachMailto };
  const people = { pairId, mentor, mentee };
  switch (key) {
    case 'class-reminder':
      return {
        variant: variant === 'missed-week' ? 'missed-week' : 'regular',
        mentee,
        sessionDate: '2026-11-18',
        nextSessionDate: sparse ? null : '2026-11-25',
        missedDate: variant === 'missed-week' ? sampleMissedDate : null,
        link: sparse ? null : `${web}/p/${second ? 18 : 17}`,
      };
    case 'escalation-flag': {
      const reminders = [
        { channel: 'email', date: '2026-11-21', delivered: true, unknown: false, reason: null },
        { channel: 'sms', date: '2026-11-24', delivered: false, unknown: false, reason: 'no_consent' },
      ];
      const outcomes = { noReminderReached: sparse, reachUnknown: second, reminders: sparse ? [] : reminders };
      return { ...people, missedDates: weeks, streak: 2, since: '2026-11-25', ...outcomes, ...outreach };
    }
    case 'escalation-withdrawn':
      return { ...people, missedDates: weeks, reason: second ? 'calendar_changed' : 'late_arrival' };
    case 'outreach-prompt':
      return { ...people, since: '2026-11-25', days: 7, ...outreach };
    case 'focus-digest': {
      const entry = { mentor, mentee, reason: 'missed_weeks', streak: 2, since: '2026-11-25' };
      const entries = [{ ...entry, lastOutreach: second ? '2026-11-27' : null }];
      return { coordinator: second ? { name: 'Sam Abara' } : coordinator, entries: sparse ? [] : entries };
    }
    case 'task':
      return sparse
        ? { reason: 'unrouted', subject: 'case_17' }
        : { reason: 'class_without_next_session', subject: second ? 'class_b' : 'class_a' };
    case 'channel-parked':
      return {
        channel: second ? 'sms' : 'email',
        provider: second ? 'twilio' : 'sendgrid',
        code: '401',
        since: '2026-11-25',
      };
    case 'opt-out-confirmed':
    case 'help':
      return { channel: 'sms' };
    case 'recommendations':
      return { mentors: second ? [mentor, { name: 'Ola Berg' }] : [mentor] };
    case 'no-request-nudge':
      return { joinedOn: '2026-11-15' };
    case 'pending-alert':
      return { pending: 20, longPending: 8, olderThanDays: 7 };
    case 'request-received':
    case 'request-reminder':
    case 'request-accepted':
    case 'request-declined':
    case 'request-closed':
    case 'request-withdrawn':
    case 'mentor-full':
    case 'offer-received':
    case 'first-message-prompt':
    case 'assign-reminder':
      return sampleRequest(key, second, sparse);
    case 'unreachable':
      return { person: mentee, pairId, template: 'class-reminder', reason: 'no_consent' };
  }
}

function sampleRequest(key: TemplateKey, second: boolean, sparse: boolean): RequestItem {
  const number = second ? 18 : 17;
  return {
    kind: key === 'offer-received' ? 'offer' : key === 'assign-reminder' ? 'list' : 'request',
    mentor,
    mentee: { name: sampleMentees[second ? 1 : 0] },
    message: sparse ? null : 'I would like to learn how you became an engineer.',
    reply: sparse ? null : 'Thank you for asking.',
    reason: key === 'request-declined' ? 'too_busy' : null,
    askedOn: '2026-11-11',
    closesOn: sparse ? null : '2026-11-25',
    requestId: `req_${number}`,
    link: sparse ? null : `${web}/p/${number}`,
    pairLink: sparse ? null : `${web}/p/${number}`,
  };
}

/** Sample data for a template: one item per variant named, the first with Amara, the second with Diego. */
export function sampleContext(
  key: TemplateKey,
  variants: readonly string[],
  { sparse = false, firstText = false } = {},
): TemplateContext {
  return {
    program: { name: 'Example High School' },
    recipient: templateOf(key).audience === 'staff' ? coordinator : mentor,
    firstText,
    links: sparse ? {} : { pair: sampleLinks[0] ?? null, preferences: sampleLinks[2] ?? null },
    items: variants.map((variant, index) => sampleItem(key, variant, index > 0, sparse)),
  };
}
