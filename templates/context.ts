import type { CheckInsItems } from './items/check-ins.ts';
import type { ClassWeekItems } from './items/class-week.ts';
import type { ContactItems } from './items/contact.ts';
import type { CustomItem } from './items/custom.ts';
import type { FirstMeetingItems } from './items/first-meeting.ts';
import type { LifecycleItems } from './items/lifecycle.ts';
import type { MeetingsItems } from './items/meetings.ts';
import type { MessagingItems } from './items/messaging.ts';
import type { RequestsItems } from './items/requests.ts';
import type { SafetyItems } from './items/safety.ts';
import type { SentimentItems } from './items/sentiment.ts';
import type { SurveysItems } from './items/surveys.ts';

/**
 * What a template may use. Every template gets the same frame; `items` holds one element per message merged into this
 * one (M4). All dates are civil dates (`YYYY-MM-DD`), shown with the filter `day`.
 */
export interface TemplateContext {
  program: Named;
  recipient: Named;
  /** The first text ever sent to this number: it names the program and says how to stop. */
  firstText: boolean;
  links: { pair?: string | null; preferences?: string | null };
  items: readonly TemplateItem[];
}

export interface Named {
  name: string;
}

/** What a template says of one message; the items of each section lie in a file of their own. */
export type TemplateItem =
  | CheckInsItems
  | ClassWeekItems
  | RequestsItems
  | SafetyItems
  | SentimentItems
  | SurveysItems
  | MeetingsItems
  | FirstMeetingItems
  | MessagingItems
  | ContactItems
  | CustomItem
  | LifecycleItems;
