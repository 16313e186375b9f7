import type { MessageRow } from '../../policy/mailbox/row.ts';
import type { TemplateItem } from '../../templates/context.ts';
import type { TemplateKey } from '../../templates/table.ts';
import type { ItemContext, ItemOf } from './item.ts';
import { classWeekItems } from './items/class-week.ts';
import { messagingItems } from './items/messaging.ts';
import { requestsItems } from './items/requests.ts';

export type { ItemContext };

/** What each template says of one row, one file a section. */
const items: Record<TemplateKey, ItemOf> = {
  ...classWeekItems,
  ...requestsItems,
  ...messagingItems,
};

export function itemOf(row: MessageRow, context: ItemContext): TemplateItem {
  return items[row.template as TemplateKey](row, context);
}
