import { menteeOf, mentor, type Sample } from './sample.ts';

const safetyAlert: Sample = ({ second, sparse }) => {
  const number = second ? 18 : 17;
  return {
    caseId: `case_${number}`,
    cause: sparse ? 'opened' : second ? 'keyword' : 'safety_concern',
    keyword: !sparse && second ? 'self_harm' : null,
    more: second,
    person: sparse ? null : menteeOf(second),
    role: sparse ? null : 'mentee',
    openedBy: null,
    pair: sparse ? null : { id: `pair_${number}`, mentor, mentee: menteeOf(second) },
    raisedOn: '2026-11-21',
    raisedTime: '22:40',
    otherPairs: sparse ? [] : [{ id: 'pair_31', program: { name: 'Example High School' }, person: mentor }],
  };
};

export const safetySamples = { 'safety-alert': safetyAlert } satisfies Record<string, Sample>;
