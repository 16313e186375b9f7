import type { TemplateContext } from '../../templates/context.ts';
import { type TemplateKey, templateOf } from '../../templates/table.ts';
import { checkInsSamples } from './samples/check-ins.ts';
import { classWeekSamples } from './samples/class-week.ts';
import { contactSamples } from './samples/contact.ts';
import { customSamples } from './samples/custom.ts';
import { firstMeetingSamples } from './samples/first-meeting.ts';
import { lifecycleSamples } from './samples/lifecycle.ts';
import { meetingsSamples } from './samples/meetings.ts';
import { messagingSamples } from './samples/messaging.ts';
import { requestsSamples } from './samples/requests.ts';
import { safetySamples } from './samples/safety.ts';
import { coordinator, mentor, type Sample, sampleLinks } from './samples/sample.ts';
import { sentimentSamples } from './samples/sentiment.ts';
import { surveysSamples } from './samples/surveys.ts';

export { otherMissedDate, sampleLinks, sampleMentees, sampleMissedDate } from './samples/sample.ts';

/** Whom the sample data of participants is for. */
export const sampleRecipient = mentor;

/** Sample data of every template, one file a section. */
const samples: Record<TemplateKey, Sample> = {
  ...classWeekSamples,
  ...contactSamples,
  ...customSamples,
  ...requestsSamples,
  ...lifecycleSamples,
  ...checkInsSamples,
  ...surveysSamples,
  ...sentimentSamples,
  ...meetingsSamples,
  ...firstMeetingSamples,
  ...safetySamples,
  ...messagingSamples,
};

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
    items: variants.map((variant, index) => samples[key]({ variant, second: index > 0, sparse })),
  };
}
