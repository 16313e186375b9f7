import { z } from 'zod';
import { classInput } from '../../api/schemas/class.ts';
import { civilDate, id, instant } from '../../api/schemas/common.ts';
import { availabilityInput, personInput } from '../../api/schemas/person.ts';
import { programInput } from '../../api/schemas/program.ts';
import { pairEventNames, personEventNames } from '../../policy/event.ts';

/** The four files of a simulation. Documents read as the API reads them; what only staff do is an event as well. */

const consents = z.strictObject({
  sms: z.boolean().optional(),
  email: z.boolean().optional(),
  contact: z.boolean().optional(),
});

export const programFile = programInput;

export const peopleFile = z.array(
  personInput.extend({ id, consents: consents.optional(), availability: availabilityInput.optional() }),
);

export const calendarFile = z.array(classInput.safeExtend({ id }));

const code = z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'A code has 1 to 64 of the characters A-Z a-z 0-9 _ . -');
const staff = z.strictObject({
  operations: id.optional(),
  coordinator: id.optional(),
  supervisor: id.optional(),
  contact: id.optional(),
  safety: z.array(id).optional(),
});

/** What a platform sends: the fields that a decision reads are checked, others may accompany them. */
const platformData = z.looseObject({
  by: id.optional(),
  sessionDate: civilDate.optional(),
  retracts: z.string().optional(),
});

const staffData = {
  'pair.created': z.strictObject({
    mentorId: id,
    menteeId: id,
    classId: id.nullish(),
    matchedAt: instant.optional(),
    staff: staff.optional(),
    history: z
      .strictObject({
        conversations: z.int().min(0).optional(),
        meetings: z.int().min(0).optional(),
        firstMeetingAt: instant.optional(),
        lastContactAt: instant.optional(),
      })
      .optional(),
  }),
  'pair.paused': z.strictObject({ reason: code, until: instant.nullish() }),
  'pair.resumed': z.strictObject({}).optional(),
  'pair.closed': z.strictObject({ reason: code, by: id.optional() }),
  'reminders.resumed': z.strictObject({ by: id.optional() }).optional(),
  'staff.changed': z.strictObject({ staff }),
  'class.changed': z.strictObject({ classId: id.nullable() }),
  'case.opened': z.strictObject({
    kind: code,
    reason: code,
    by: id.optional(),
    personId: id.optional(),
    pauseReminders: z.boolean().optional(),
  }),
  'case.acknowledged': z.strictObject({ by: id }),
  'case.resolved': z.strictObject({
    kind: code.optional(),
    outcome: code.optional(),
    personId: id.optional(),
    by: id.optional(),
  }),
  'program.changed': z.strictObject({ document: programInput, applyNow: z.boolean().optional() }),
  'calendar.changed': classInput,
  'person.changed': personInput,
  'availability.changed': availabilityInput,
  'enrolment.chosen': z.strictObject({ choice: z.enum(['confirm', 'optOut']) }),
  'consent.changed': z.strictObject({ channel: z.enum(['sms', 'email', 'contact']), granted: z.boolean() }),
  'suppression.changed': z.strictObject({ channel: z.enum(['sms', 'email']), suppressed: z.boolean() }),
} as const;

const dataOfType: Record<string, z.ZodType> = {
  ...Object.fromEntries(pairEventNames.map((name) => [name, platformData])),
  ...Object.fromEntries(personEventNames.map((name) => [name, platformData.optional()])),
  ...staffData,
};

const envelope = z.strictObject({
  specversion: z.literal('1.0').optional(),
  id: z.string().min(1).max(200),
  source: z.string().min(1).max(500),
  type: z.string(),
  subject: id,
  time: instant,
  receivedat: instant.optional(),
  datacontenttype: z.literal('application/json').optional(),
  data: z.unknown(),
});

const fiveMinutes = 5 * 60_000;

/** One line of the events file. */
export const eventLine = envelope.superRefine(({ type, time, receivedat, data }, context) => {
  const schema = type.startsWith('tandem.') ? dataOfType[type.slice('tandem.'.length)] : undefined;
  if (!schema) context.addIssue({ code: 'custom', path: ['type'], message: 'No event type of a simulation' });
  if (receivedat !== undefined && time > receivedat + fiveMinutes) {
    context.addIssue({ code: 'custom', path: ['time'], message: 'More than 5 minutes after it was received' });
  }
  for (const issue of schema?.safeParse(data).error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: ['data', ...issue.path], message: issue.message });
  }
});
