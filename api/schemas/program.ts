import { z } from 'zod';
import type { ProgramInput } from '../../policy/program.ts';
import { civilDate, id, instantOut, timeOfDay, zone } from './common.ts';
import { line, locale } from './words.ts';

/** The program document as an integrator writes it: types and ranges. What makes sense as a whole is for `policy/lint`. */

const days = z.int().min(0).max(366);
const daysList = z.array(days).max(20);
const count = z.int().min(0).max(1000);
const share = z.number().min(0).max(1);
const weekday = z.enum(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']);
const hours = z.tuple([timeOfDay, timeOfDay]);

const LOCAL_HOSTS = ['localhost', '127.0.0.1', '[::1]'];

function isLinkTemplate(template: string): boolean {
  const [filled, otherwise] = ['a', 'b'].map((value) => urlOf(template.replaceAll('{id}', value)));
  if (!filled || !otherwise || /[{}\s]/.test(template.replaceAll('{id}', ''))) return false;
  if (filled.origin !== otherwise.origin || filled.username !== '' || filled.password !== '') return false;
  return filled.protocol === 'https:' || (filled.protocol === 'http:' && LOCAL_HOSTS.includes(filled.hostname));
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

const linkTemplate = z
  .string()
  .max(1000)
  .refine(isLinkTemplate, 'An https address was expected, with {id} where the id goes (http on the local machine only)')
  .meta({ description: 'An address with `{id}` where the id goes' });

const staff = z.strictObject({
  operations: id.optional(),
  coordinator: id.optional(),
  supervisor: id.optional(),
  contact: id.optional(),
  safety: z.array(id).max(20).optional(),
});

const classWeek = z.strictObject({
  completion: z.enum(['any', 'lesson']).optional(),
  email: z.strictObject({ daysAfterSession: days.optional(), at: timeOfDay.optional() }).optional(),
  text: z.strictObject({ daysBeforeNextSession: days.optional(), at: timeOfDay.optional() }).optional(),
  escalateAfterMisses: z.int().min(-1000).max(1000).optional(),
  graceHours: z.number().min(0).max(8784).optional(),
  whileEscalated: z.enum(['pause', 'continue']).optional(),
  outreachPromptDays: daysList.optional(),
  lateArrivalDays: days.optional(),
  focusDigest: z.strictObject({ weekday: weekday.optional(), at: timeOfDay.optional() }).nullable().optional(),
});

const messaging = z.strictObject({
  dailyCap: z.int().min(-1000).max(1000).nullable().optional(),
  gatherMinutes: z.number().min(-1000).max(100_000).optional(),
  quietHours: z.strictObject({ sms: hours.optional(), email: hours.optional() }).optional(),
  copyOperations: z.boolean().optional(),
});

const contact = z.strictObject({
  logReminderDays: days.optional(),
  encourageDays: days.optional(),
  repeatAtMost: count.optional(),
  flagInvitationDays: days.optional(),
  howToRecheckDays: days.optional(),
  rematchCooldownDays: days.optional(),
  celebrateAtConversations: count.optional(),
  flagResources: z.enum(['off', 'propose', 'send']).optional(),
});

const requests = z.strictObject({
  mode: z.enum(['mentor', 'staff']).optional(),
  pendingLimit: z.int().min(1).max(1000).optional(),
  remindAfterDays: daysList.optional(),
  closeAfterDays: days.nullable().optional(),
  reopenDays: days.optional(),
  assignReminderDays: days.optional(),
  offers: z.boolean().optional(),
  recommendations: count.optional(),
  listHidden: z.boolean().optional(),
  pendingAlert: z
    .strictObject({ olderThanDays: days.optional(), share: share.optional(), minimum: count.optional() })
    .optional(),
  noRequestNudgeDays: daysList.optional(),
});

const checkIns = z.strictObject({
  firstMonthDays: daysList.optional(),
  everyMonths: z.int().min(1).max(24).optional(),
  windowDays: z.int().min(0).max(31).optional(),
  respondents: z
    .array(z.enum(['mentor', 'mentee', 'guardian']))
    .min(1)
    .max(3)
    .optional(),
  overdueDays: daysList.optional(),
  livePerQuarter: count.optional(),
  questions: z.union([z.literal('standard'), z.array(z.strictObject({ id, text: line(500) })).max(50)]).optional(),
});

const promise = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('count'), meetings: z.int().min(1).max(100), per: z.enum(['week', 'month']) }),
  z.strictObject({ kind: z.literal('hours'), hours: z.number().positive().max(744), per: z.literal('month') }),
]);

const meetings = z.strictObject({
  promise: promise.nullable().optional(),
  graceDays: days.optional(),
  askMissingAfterDays: days.optional(),
});

const safety = z.strictObject({
  climbMinutes: z.int().min(1).max(1440).optional(),
  keywords: z.union([z.literal('standard'), z.array(line(100)).max(500)]).optional(),
});

const firstMeeting = z.strictObject({ nudgeDays: days.optional(), alertDays: days.optional() });

const surveys = z.strictObject({
  firstAfterDays: days.optional(),
  everyDays: z.int().min(1).max(366).optional(),
  afterMeeting: z.boolean().optional(),
  lowShare: share.optional(),
});

const sentiment = z.strictObject({
  reviewDays: z.int().min(1).max(366).optional(),
  slowShare: share.optional(),
  slowMinimum: count.optional(),
});

const lifecycle = z.strictObject({
  kind: z.enum(['cohort', 'always_on']).optional(),
  endsOn: civilDate.nullable().optional(),
  optOutDaysBefore: days.optional(),
  optOutReminderDays: days.optional(),
  inactiveDays: days.nullable().optional(),
  inactiveNoticeDays: days.optional(),
});

const policy = z.strictObject({
  classWeek: classWeek.optional(),
  messaging: messaging.optional(),
  contact: contact.optional(),
  requests: requests.optional(),
  checkIns: checkIns.optional(),
  meetings: meetings.optional(),
  safety: safety.optional(),
  firstMeeting: firstMeeting.optional(),
  surveys: surveys.optional(),
  sentiment: sentiment.optional(),
  lifecycle: lifecycle.optional(),
});

/** What an integrator may send; `withDefaults` makes the whole document of it. */
export const programInput = z
  .strictObject({
    name: line(200),
    zone,
    locale: locale.optional(),
    links: z
      .strictObject({
        request: linkTemplate.optional(),
        pair: linkTemplate.optional(),
        preferences: linkTemplate.optional(),
      })
      .optional(),
    postalAddress: line(300).nullable().optional(),
    staff: staff.optional(),
    policy: policy.optional(),
  })
  .meta({
    id: 'ProgramInput',
    description: 'A program; whatever is left out has its default',
  }) satisfies z.ZodType<ProgramInput>;

export const finding = z
  .object({
    severity: z.enum(['error', 'warning']),
    code: z.string(),
    pointer: z.string(),
    detail: z.string(),
  })
  .meta({ id: 'Finding', description: 'What is wrong or unwise in a program document' });

/** The whole document as it is stored, with every default filled in. */
const storedDocument = z.object({
  name: z.string(),
  zone: z.string(),
  locale: z.string(),
  links: z.record(z.string(), z.string()),
  postalAddress: z.string().nullable(),
  staff: z.object({
    operations: z.string().optional(),
    coordinator: z.string().optional(),
    supervisor: z.string().optional(),
    contact: z.string().optional(),
    safety: z.array(z.string()).optional(),
  }),
  policy: z.record(z.string(), z.unknown()),
});

export const programAnswer = storedDocument
  .extend({ id: z.string(), version: z.int() })
  .meta({ id: 'Program', description: 'A program with every default filled in' });

export const storedProgramAnswer = programAnswer
  .extend({
    applies: z
      .enum(['now', 'next_window'])
      .nullable()
      .meta({ description: 'When pairs take the version up; null when nothing was stored' }),
    findings: z.array(finding),
  })
  .meta({ id: 'StoredProgram', description: 'A program as it was stored, with what is unwise in it' });

export const programVersions = z
  .object({
    items: z.array(storedDocument.extend({ version: z.int(), applyNow: z.boolean(), createdAt: instantOut })),
    next: z.string().nullable(),
  })
  .meta({ id: 'ProgramVersions', description: 'Versions of a program, newest first' });
