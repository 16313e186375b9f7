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

export interface ClassWeekPolicy {
  completion: 'any' | 'lesson';
  email: { daysAfterSession: number; at: TimeOfDay };
  text: { daysBeforeNextSession: number; at: TimeOfDay };
  escalateAfterMisses: number;
  graceHours: number;
  whileEscalated: 'pause' | 'continue';
  outreachPromptDays: number[];
  lateArrivalDays: number;
  focusDigest: { weekday: Weekday; at: TimeOfDay } | null;
}

/** How mentees find a mentor; always on, with these defaults where a program says nothing. */
export interface RequestsPolicy {
  /** Who answers a request: the mentor who was asked, or staff, who assign one from the mentee's list (R15). */
  mode: 'mentor' | 'staff';
  /** Pending requests of one mentee at most, and offers of one mentor. */
  pendingLimit: number;
  remindAfterDays: number[];
  closeAfterDays: number | null;
  reopenDays: number;
  assignReminderDays: number;
  offers: boolean;
  /** Recommended mentors of one mentee at most. */
  recommendations: number;
  /** Whether a mentee may ask recommended mentors only. */
  listHidden: boolean;
  pendingAlert: { olderThanDays: number; share: number; minimum: number };
  noRequestNudgeDays: number[];
}

export interface MessagingPolicy {
  dailyCap: number | null;
  gatherMinutes: number;
  quietHours: { sms: [TimeOfDay, TimeOfDay]; email: [TimeOfDay, TimeOfDay] };
  copyOperations: boolean;
}

/** Sections whose tracks are not part of this version: kept as given, so that a later version finds them. */
export type KeptSection = Record<string, unknown>;

export interface Policy {
  classWeek?: ClassWeekPolicy;
  messaging: MessagingPolicy;
  requests?: RequestsPolicy;
  contact?: KeptSection;
  checkIns?: KeptSection;
  meetings?: KeptSection;
  safety?: KeptSection;
  firstMeeting?: KeptSection;
  surveys?: KeptSection;
  sentiment?: KeptSection;
  lifecycle?: KeptSection;
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

export const classWeekDefaults: ClassWeekPolicy = {
  completion: 'any',
  email: { daysAfterSession: 3, at: '09:00' },
  text: { daysBeforeNextSession: 1, at: '16:00' },
  escalateAfterMisses: 2,
  graceHours: 0,
  whileEscalated: 'pause',
  outreachPromptDays: [7, 14],
  lateArrivalDays: 7,
  focusDigest: { weekday: 'monday', at: '08:00' },
};

export const requestsDefaults: RequestsPolicy = {
  mode: 'mentor',
  pendingLimit: 3,
  remindAfterDays: [7],
  closeAfterDays: 14,
  reopenDays: 7,
  assignReminderDays: 7,
  offers: false,
  recommendations: 3,
  listHidden: false,
  pendingAlert: { olderThanDays: 7, share: 0.3, minimum: 5 },
  noRequestNudgeDays: [3, 10],
};

/** The section that a program's requests are under; without one of its own the defaults. */
export function requestsPolicyOf(policy: Policy): RequestsPolicy {
  return policy.requests ?? requestsDefaults;
}

export const messagingDefaults: MessagingPolicy = {
  dailyCap: 1,
  gatherMinutes: 2,
  quietHours: { sms: ['09:00', '20:00'], email: ['07:00', '21:00'] },
  copyOperations: true,
};

function filled<T extends object>(defaults: T, given: object): T {
  const result = { ...defaults } as Record<string, unknown>;
  for (const [name, value] of Object.entries(given)) {
    const fallback = result[name];
    const nested = isRecord(fallback) && isRecord(value);
    result[name] = nested ? filled(fallback, value) : value;
  }
  return result as T;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The whole document of what an integrator wrote: each section that is present gets the defaults it left out. */
export function withDefaults(input: ProgramInput): ProgramDocument {
  const { classWeek, requests, messaging, ...kept } = input.policy ?? {};
  return {
    name: input.name,
    zone: input.zone,
    locale: input.locale ?? 'en',
    links: input.links ?? {},
    postalAddress: input.postalAddress ?? null,
    staff: input.staff ?? {},
    policy: {
      ...(kept as Partial<Policy>),
      ...(classWeek ? { classWeek: filled(classWeekDefaults, classWeek) } : {}),
      ...(requests ? { requests: filled(requestsDefaults, requests) } : {}),
      messaging: filled(messagingDefaults, messaging ?? {}),
    },
  };
}
