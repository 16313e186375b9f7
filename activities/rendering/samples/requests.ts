import { menteeOf, mentor, type Sample, web } from './sample.ts';

/** A request in a message of this template. */
function requestIn(key: string): Sample {
  return ({ second, sparse }) => {
    const number = second ? 18 : 17;
    return {
      kind: key === 'offer-received' ? 'offer' : key === 'assign-reminder' ? 'list' : 'request',
      mentor,
      mentee: menteeOf(second),
      message: sparse ? null : 'I would like to learn how you became an engineer.',
      reply: sparse ? null : 'Thank you for asking.',
      reason: key === 'request-declined' ? 'too_busy' : null,
      askedOn: '2026-11-11',
      closesOn: sparse ? null : '2026-11-25',
      requestId: `req_${number}`,
      link: sparse ? null : `${web}/p/${number}`,
      pairLink: sparse ? null : `${web}/p/${number}`,
    };
  };
}

export const requestsSamples = {
  'request-received': requestIn('request-received'),
  'request-reminder': requestIn('request-reminder'),
  'request-accepted': requestIn('request-accepted'),
  'request-declined': requestIn('request-declined'),
  'request-closed': requestIn('request-closed'),
  'request-withdrawn': requestIn('request-withdrawn'),
  'mentor-full': requestIn('mentor-full'),
  'offer-received': requestIn('offer-received'),
  'first-message-prompt': requestIn('first-message-prompt'),
  'assign-reminder': requestIn('assign-reminder'),
  recommendations: ({ second }) => ({ mentors: second ? [mentor, { name: 'Ola Berg' }] : [mentor] }),
  'no-request-nudge': () => ({ joinedOn: '2026-11-15' }),
  'pending-alert': () => ({ pending: 20, longPending: 8, olderThanDays: 7 }),
} satisfies Record<string, Sample>;
