import { isPossiblePhoneNumber } from 'libphonenumber-js/min';
import { z } from 'zod';
import { id, instant, instantOut, zone } from './common.ts';
import { line, locale } from './words.ts';

/** People, their consents and their availability. */

const phone = z
  .string()
  .max(16)
  .refine(
    (value) => /^\+[1-9]\d{4,14}$/.test(value) && isPossiblePhoneNumber(value),
    'A number in E.164 form was expected',
  )
  .meta({ description: 'E.164', examples: ['+12125550123'] });

const email = z.email('An e-mail address was expected').max(254);

const enrolment = z.strictObject({
  programId: id,
  role: z.enum(['mentor', 'mentee', 'guardian', 'staff']),
  joinedAt: instant.optional(),
  profileComplete: z.boolean().default(true),
});

const capacity = z.strictObject({
  mentor: z.int().min(0).max(10_000).nullable().optional(),
  mentee: z.int().min(0).max(10_000).optional(),
});

const enrolments = z
  .array(enrolment)
  .max(100)
  .superRefine((items, context) => {
    const seen = new Set<string>();
    for (const [index, { programId, role }] of items.entries()) {
      const key = `${programId}/${role}`;
      if (seen.has(key))
        context.addIssue({ code: 'custom', path: [index], message: 'The same program and role twice' });
      seen.add(key);
    }
  });

/** A person, whole: what is left out is taken away. */
export const personInput = z
  .strictObject({
    name: line(200),
    zone: zone.nullish(),
    locale: locale.nullish(),
    email: email.nullish(),
    phone: phone.nullish(),
    isMinor: z.boolean().default(false),
    guardianId: id.nullish(),
    capacity: capacity.default({}),
    programs: enrolments.default([]),
  })
  .meta({ id: 'PersonInput', description: 'A person; what is left out is taken away' });

export const personAnswer = z
  .object({
    id: z.string(),
    version: z.int(),
    name: z.string(),
    zone: z.string().nullable(),
    locale: z.string().nullable(),
    email: z.string().nullable().optional(),
    phone: z.string().nullable().optional(),
    isMinor: z.boolean(),
    guardianId: z.string().nullable(),
    capacity: z.object({ mentor: z.int().nullable(), mentee: z.int() }),
    programs: z.array(
      z.object({
        programId: z.string(),
        role: z.string(),
        joinedAt: instantOut,
        profileComplete: z.boolean(),
      }),
    ),
    availability: z.object({
      available: z.boolean(),
      from: instantOut.nullable(),
      until: instantOut.nullable(),
      reason: z.string().nullable().optional(),
    }),
    enrolment: z.array(z.object({ programId: z.string(), state: z.string() })),
    rematchAfter: instantOut
      .nullable()
      .meta({ description: 'From when they may be matched again; null where they wait for no new counterpart' }),
    consents: z.array(
      z.object({
        channel: z.string(),
        granted: z.boolean(),
        by: z.string(),
        source: z.string(),
        at: instantOut,
      }),
    ),
    recommendations: z.array(
      z.object({ programId: z.string(), mentorIds: z.array(z.string()), pushedAt: instantOut.nullable() }),
    ),
    suppressions: z.array(
      z.object({ channel: z.string(), category: z.string(), reason: z.string(), since: instantOut }),
    ),
  })
  .meta({
    id: 'Person',
    description: 'E-mail address, phone number and the reason of an absence are left out without the scope `sensitive`',
  });

const personWarning = z.object({
  code: z.literal('mentor_profiles_incomplete'),
  programId: z.string(),
  detail: z.string(),
});

/** A person as they were stored, with what is unwise about it. */
export const personStored = personAnswer.extend({ warnings: z.array(personWarning).optional() }).meta({
  id: 'PersonStored',
  description: 'A person as they were stored, with what is unwise about it where anything is',
});

export const consentChannel = z.enum(['sms', 'email', 'contact']);

export const consentInput = z
  .strictObject({
    granted: z.boolean(),
    by: id,
    source: line(200),
    wording: z.string().trim().min(1).max(5000),
    at: instant,
  })
  .meta({ id: 'ConsentInput', description: 'Who agreed to what, where, in which words, and when' });

export const availabilityInput = z
  .strictObject({
    available: z.boolean(),
    from: instant.nullish(),
    until: instant.nullish(),
    reason: line(500).nullish(),
  })
  .superRefine(({ available, from, until }, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if (available && from) refuse('from', 'Dates belong to an absence: send available false');
    if (available && until) refuse('until', 'Dates belong to an absence: send available false');
    if (from && until && until <= from) refuse('until', 'Must be later than from');
  })
  .meta({ id: 'AvailabilityInput', description: 'Whether a person takes part, or from when until when not' });
