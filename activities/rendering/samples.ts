import type { TemplateContext } from '../../templates/context.ts';
import { type TemplateKey, templateOf } from '../../templates/table.ts';
import { classWeekSamples } from './samples/class-week.ts';
import { messagingSamples } from './samples/messaging.ts';
import { requestsSamples } from './samples/requests.ts';
import { coordinator, mentor, type Sample, sampleLinks } from './samples/sample.ts';

export { otherMissedDate, sampleLinks, sampleMentees, sampleMissedDate } from './samples/sample.ts';

/** Sample data of every template, one file a section. */
const samples: Record<TemplateKey, Sample> = { ...classWeekSamples, ...requestsSamples, ...messagingSamples };

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
