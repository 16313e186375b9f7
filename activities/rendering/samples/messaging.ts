import { menteeOf, type Sample } from './sample.ts';

const answerToText: Sample = () => ({ channel: 'sms' });

export const messagingSamples = {
  task: ({ second, sparse }) =>
    sparse
      ? { reason: 'unrouted', subject: 'case_17', pairId: null }
      : { reason: 'class_without_next_session', subject: second ? 'class_b' : 'class_a', pairId: null },
  unreachable: ({ second }) => ({
    person: menteeOf(second),
    pairId: second ? 'pair_18' : 'pair_17',
    template: 'class-reminder',
    reason: 'no_consent',
  }),
  'channel-parked': ({ second }) => ({
    channel: second ? 'sms' : 'email',
    provider: second ? 'twilio' : 'sendgrid',
    code: '401',
    since: '2026-11-25',
  }),
  'opt-out-confirmed': answerToText,
  help: answerToText,
} satisfies Record<string, Sample>;
