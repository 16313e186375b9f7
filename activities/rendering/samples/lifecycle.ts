import { answerLinkOf, menteeOf, type Sample } from './sample.ts';

const parting: Sample = ({ second, sparse }) => ({
  counterpart: menteeOf(second),
  link: sparse ? null : answerLinkOf(second),
});

export const lifecycleSamples = {
  'inactivity-notice': ({ second, sparse }) => ({
    answerBy: '2026-11-27',
    link: sparse ? null : answerLinkOf(second),
  }),
  'cohort-opt-out': ({ variant, second, sparse }) => ({
    variant: variant === 'reminder' ? 'reminder' : 'regular',
    endsOn: '2027-06-11',
    link: sparse ? null : answerLinkOf(second),
  }),
  'exit-survey': parting,
  'closure-rule': parting,
} satisfies Record<string, Sample>;
