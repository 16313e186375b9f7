import { menteeOf, mentor, peopleOf, type Sample, web } from './sample.ts';

export const meetingsSamples = {
  'meeting-details': ({ second, sparse }) => ({
    counterpart: second ? mentor : menteeOf(second),
    mentee: second ? menteeOf(second) : null,
    date: '2026-11-21',
    missing: second ? ['place'] : ['present', 'activity', 'place', 'mood'],
    link: sparse ? null : `${web}/p/${second ? 18 : 17}`,
  }),
  'promise-broken': ({ second }) => ({
    ...peopleOf(second),
    from: '2026-11-16',
    to: '2026-11-22',
    kind: second ? 'hours' : 'count',
    promised: second ? 4 : 1,
    held: second ? 2 : 0,
    minutes: second ? 90 : 0,
    inRow: second ? 3 : 1,
  }),
} satisfies Record<string, Sample>;
