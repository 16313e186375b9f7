import { answerLinkOf, menteeOf, mentor, peopleOf, type Sample } from './sample.ts';

const survey: Sample = ({ second, sparse }) => ({
  counterpart: menteeOf(second),
  afterMeeting: second,
  link: sparse ? null : answerLinkOf(second),
});

const lowRating: Sample = ({ second }) => ({
  ...peopleOf(second),
  ratedBy: second ? mentor : menteeOf(second),
  score: 2,
  scale: 5,
  mentorTask: second ? 'case_18a' : 'case_17a',
  menteeTask: second ? 'case_18b' : 'case_17b',
});

export const surveysSamples = { survey, 'low-rating': lowRating } satisfies Record<string, Sample>;
