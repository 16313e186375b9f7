import {
  coordinator,
  menteeOf,
  mentor,
  outreachAddress,
  outreachMailto,
  peopleOf,
  type Sample,
  sampleMissedDate,
  web,
} from './sample.ts';

const weeks = ['2026-11-11', '2026-11-18'];

function outreachOf(sparse: boolean) {
  return sparse ? { outreachAddress: null, outreachMailto: null } : { outreachAddress, outreachMailto };
}

const classReminder: Sample = ({ variant, second, sparse }) => ({
  variant: variant === 'missed-week' ? 'missed-week' : 'regular',
  mentee: menteeOf(second),
  sessionDate: '2026-11-18',
  nextSessionDate: sparse ? null : '2026-11-25',
  missedDate: variant === 'missed-week' ? sampleMissedDate : null,
  link: sparse ? null : `${web}/p/${second ? 18 : 17}`,
});

const escalationFlag: Sample = ({ second, sparse }) => {
  const reminders = [
    { channel: 'email', date: '2026-11-21', delivered: true, unknown: false, reason: null },
    { channel: 'sms', date: '2026-11-24', delivered: false, unknown: false, reason: 'no_consent' },
  ];
  const outcomes = { noReminderReached: sparse, reachUnknown: second, reminders: sparse ? [] : reminders };
  const missed = { missedDates: weeks, streak: 2, since: '2026-11-25' };
  return { ...peopleOf(second), ...missed, ...outcomes, ...outreachOf(sparse) };
};

const focusDigest: Sample = ({ second, sparse }) => {
  const entry = { mentor, mentee: menteeOf(second), reason: 'missed_weeks', streak: 2, since: '2026-11-25' };
  const entries = [{ ...entry, lastOutreach: second ? '2026-11-27' : null }];
  return { coordinator: second ? { name: 'Sam Abara' } : coordinator, entries: sparse ? [] : entries };
};

export const classWeekSamples = {
  'class-reminder': classReminder,
  'escalation-flag': escalationFlag,
  'escalation-withdrawn': ({ second }) => ({
    ...peopleOf(second),
    missedDates: weeks,
    reason: second ? 'calendar_changed' : 'late_arrival',
  }),
  'outreach-prompt': ({ second, sparse }) => ({
    ...peopleOf(second),
    since: '2026-11-25',
    days: 7,
    ...outreachOf(sparse),
  }),
  'focus-digest': focusDigest,
} satisfies Record<string, Sample>;
