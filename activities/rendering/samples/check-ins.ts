import { answerLinkOf, coordinator, menteeOf, mentor, peopleOf, type Sample } from './sample.ts';

export const checkInsSamples = {
  'check-in': ({ second, sparse }) => ({
    respondent: 'mentor',
    mentor,
    mentee: menteeOf(second),
    dueOn: '2026-11-27',
    link: sparse ? null : answerLinkOf(second),
  }),
  'check-in-overdue': ({ variant, second }) => ({
    variant: variant === 'live' ? 'live' : 'regular',
    ...peopleOf(second),
    person: second ? mentor : menteeOf(second),
    respondent: second ? 'mentor' : 'mentee',
    dueOn: '2026-11-20',
  }),
  'guardian-missing': ({ second }) => peopleOf(second),
  'contact-handoff': ({ second, sparse }) => ({
    ...peopleOf(second),
    respondent: sparse ? 'guardian' : 'mentee',
    person: sparse ? null : menteeOf(second),
    recordedBy: sparse ? null : coordinator,
    date: '2026-11-24',
    mode: 'in_person',
    safetyConcern: false,
    discomfort: second,
    answers: sparse ? [] : [{ question: 'going:', answer: '4' }],
    notes: sparse ? null : 'They enjoyed the science fair together.',
    roadblocks: sparse ? null : 'Finding a time in the week before exams.',
  }),
} satisfies Record<string, Sample>;
