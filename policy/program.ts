import type { CheckInsPolicy } from './sections/check-ins.ts';
import type { ClassWeekPolicy } from './sections/class-week.ts';
import type { ContactPolicy } from './sections/contact.ts';
import type { FirstMeetingPolicy } from './sections/first-meeting.ts';
import { sections } from './sections/index.ts';
import type { LifecyclePolicy } from './sections/lifecycle.ts';
import type { MeetingsPolicy } from './sections/meetings.ts';
import type { MessagingPolicy } from './sections/messaging.ts';
import type { RequestsPolicy } from './sections/requests.ts';
import type { SafetyPolicy } from './sections/safety.ts';
import type { SentimentPolicy } from './sections/sentiment.ts';
import type { SurveysPolicy } from './sections/surveys.ts';

/**
 * The program document: everything a program decides for itself, with the defaults of every field.
 * A section that is present is on; an absent one is off. `null` switches one field off.
 */

/** A local time of day, `HH:MM`. */
export type TimeOfDay = string;
/** A local date, `YYYY-MM-DD`. */
export type CivilDate = string;
export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** Person ids by staff role; a missing one falls back to the program's, and then to nobody. */
export interface StaffIds {
  operations?: string;
  coordinator?: string;
  supervisor?: string;
  contact?: string;
  safety?: string[];
}

export interface Policy {
  classWeek?: ClassWeekPolicy;
  contact?: ContactPolicy;
  requests?: RequestsPolicy;
  checkIns?: CheckInsPolicy;
  meetings?: MeetingsPolicy;
  safety: SafetyPolicy;
  firstMeeting?: FirstMeetingPolicy;
  surveys?: SurveysPolicy;
  sentiment?: SentimentPolicy;
  lifecycle?: LifecyclePolicy;
  messaging: MessagingPolicy;
}

export interface ProgramDocument {
  name: string;
  zone: string;
  locale: string;
  links: Record<string, string>;
  /** Stands at the end of every mail to a participant, as the law asks; null where the program has given none. */
  postalAddress: string | null;
  staff: StaffIds;
  policy: Policy;
}

/** What an integrator may leave out at any depth of a section. */
export type Partially<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Partially<T[K]> }
    : T;

export type ProgramInput = Pick<ProgramDocument, 'name' | 'zone'> &
  Partial<Omit<ProgramDocument, 'policy'>> & { policy?: Partially<Policy> };

function filled<T extends object>(defaults: T, given: object): T {
  const result = { ...defaults } as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    const fallback = result[name];
    // One of several kinds is given whole, and takes nothing from the default's kind.
    const nested = isRecord(fallback) && isRecord(value) && !('kind' in value);
    result[name] = nested ? filled(fallback, value) : value;
  }
  return result as T;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The whole document of what an integrator wrote: each section that is on gets the defaults it left out. */
export function withDefaults(input: ProgramInput): ProgramDocument {
  const given = (input.policy ?? {}) as Record<string, object | undefined>;
  const on = Object.entries(sections).filter(
    ([name, section]) => given[name] ?? ('always' in section && section.always),
  );
  return {
    name: input.name,
    zone: input.zone,
    locale: input.locale ?? 'en',
    links: input.links ?? {},
    postalAddress: input.postalAddress ?? null,
    staff: input.staff ?? {},
    policy: Object.fromEntries(
      on.map(([name, { defaults }]) => [name, filled<object>(defaults, given[name] ?? {})]),
    ) as unknown as Policy,
  };
}
