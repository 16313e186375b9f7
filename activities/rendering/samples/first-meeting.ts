import { menteeOf, peopleOf, type Sample, web } from './sample.ts';

export const firstMeetingSamples = {
  'first-meeting-nudge': ({ second, sparse }) => ({
    counterpart: menteeOf(second),
    link: sparse ? null : `${web}/p/${second ? 18 : 17}`,
  }),
  'first-meeting-alert': ({ second, sparse }) => ({
    ...peopleOf(second),
    matchedOn: '2026-11-01',
    comments: sparse ? [] : [{ by: 'mentee', date: '2026-11-15', text: 'We have not found a day yet.' }],
  }),
} satisfies Record<string, Sample>;
