import type { MessageRow } from '../../policy/mailbox/row.ts';
import type { TemplateItem } from '../../templates/context.ts';
import type { TemplateKey } from '../../templates/table.ts';
import type { ItemContext, ItemOf } from './item.ts';
import { checkInsItems } from './items/check-ins.ts';
import { classWeekItems } from './items/class-week.ts';
import { contactItems } from './items/contact.ts';
import { customItems } from './items/custom.ts';
import { firstMeetingItems } from './items/first-meeting.ts';
import { lifecycleItems } from './items/lifecycle.ts';
import { meetingsItems } from './items/meetings.ts';
import { messagingItems } from './items/messaging.ts';
import { requestsItems } from './items/requests.ts';
import { safetyItems } from './items/safety.ts';
import { sentimentItems } from './items/sentiment.ts';
import { surveysItems } from './items/surveys.ts';

export type { ItemContext };

/** What each template says of one row, one file a section. */
const items: Record<TemplateKey, ItemOf> = {
  ...classWeekItems,
  ...contactItems,
  ...customItems,
  ...requestsItems,
  ...lifecycleItems,
  ...checkInsItems,
  ...surveysItems,
  ...sentimentItems,
  ...meetingsItems,
  ...firstMeetingItems,
  ...safetyItems,
  ...messagingItems,
};

export function itemOf(row: MessageRow, context: ItemContext): TemplateItem {
  return items[row.template as TemplateKey](row, context);
}
