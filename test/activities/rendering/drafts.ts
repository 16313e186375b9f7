import { createRenderer, type RenderInput, UnfilledTemplateError } from '../../../activities/render.ts';
import { sampleContext, sampleLinks } from '../../../activities/rendering/samples.ts';
import type { TemplateContext } from '../../../templates/context.ts';
import type { ClassReminderItem } from '../../../templates/items/class-week.ts';

/** What the tests of rendering render. */

export const renderer = createRenderer();

/** A class reminder by mail about sample data, changed as given. */
export function reminder(changes: Partial<RenderInput> = {}): RenderInput {
  return {
    key: 'class-reminder',
    channel: 'email',
    locale: 'en',
    variant: 'regular',
    context: sampleContext('class-reminder', [changes.variant ?? 'regular']),
    allowedLinks: sampleLinks,
    ...changes,
  };
}

/** The same in a program's own words. */
export function own(body: string, subject = 'This week'): RenderInput {
  return reminder({ own: { subject, body } });
}

/** The fault with which rendering fails; fails when it does not. */
export function faultOf(input: RenderInput): UnfilledTemplateError {
  try {
    renderer.render(input);
  } catch (error) {
    if (error instanceof UnfilledTemplateError) return error;
    throw error;
  }
  throw new Error('rendered without a fault');
}

/** Sample data in which the mentee has this name. */
export function withMentee(name: string, variant: ClassReminderItem['variant'] = 'regular'): TemplateContext {
  const context = sampleContext('class-reminder', [variant]);
  return { ...context, items: context.items.map((item) => ({ ...item, mentee: { name } })) };
}
