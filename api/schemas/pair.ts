import { z } from 'zod';
import type { CountRange } from '../../prisma/store/pair-filter.ts';
import { id, instant, instantOut, listOf, listQuery } from './common.ts';
import { code } from './event-data.ts';

/** Pairs, as they are made, changed, read and planned. */

const staff = z.strictObject({
  operations: id.optional(),
  coordinator: id.optional(),
  supervisor: id.optional(),
  contact: id.optional(),
  safety: z.array(id).max(20).optional(),
});

const staffChange = z
  .strictObject({
    operations: id.nullish(),
    coordinator: id.nullish(),
    supervisor: id.nullish(),
    contact: id.nullish(),
    safety: z.array(id).max(20).nullish(),
  })
  .meta({ description: "Roles left out stay; null gives a role back to the program's" });

const count = z.int().min(0).max(100_000);

/** What happened before the pair was known here (V9). */
const history = z.strictObject({
  conversations: count.optional(),
  meetings: count.optional(),
  firstMeetingAt: instant.optional(),
  lastContactAt: instant.optional(),
});

export const pairInput = z
  .strictObject({
    id,
    programId: id,
    mentorId: id,
    menteeId: id,
    classId: id.nullish(),
    matchedAt: instant.nullish(),
    staff: staff.default({}),
    history: history.default({}),
    override: z.boolean().optional(),
    reason: code.optional(),
  })
  .superRefine(({ override = false, reason }, context) => {
    const message = 'An override, and nothing else, has a reason';
    if (override !== (reason !== undefined)) context.addIssue({ code: 'custom', path: ['reason'], message });
  })
  .meta({
    id: 'PairInput',
    description:
      '`matchedAt` is now unless told; `override` with a `reason` makes a pair with someone who is held, is not to be ' +
      'matched again, or may not be matched yet',
  });

export const pairChange = z
  .strictObject({ classId: id.nullish(), staff: staffChange.optional() })
  .refine(({ classId, staff }) => classId !== undefined || staff !== undefined, 'Nothing is to be changed')
  .meta({ id: 'PairChange', description: 'A new class counts from its next session; open cases follow the new staff' });

const by = id.meta({ description: 'Person id' });
export const pauseInput = z.strictObject({ reason: code, until: instant.nullish(), by: by.optional() });
export const resumeInput = z.strictObject({ by: by.optional() }).optional();
export const closeInput = z.strictObject({ reason: code, by: by.optional() });
export const resumeRemindersInput = z.strictObject({ by });

const nextStep = z.looseObject({ key: z.string(), at: instantOut, template: z.string(), unless: z.string() });

const pairShape = {
  id: z.string(),
  programId: z.string(),
  mentorId: z.string(),
  menteeId: z.string(),
  classId: z.string().nullable(),
  coordinator: z.string().nullable(),
  supervisor: z.string().nullable(),
  matchedAt: instantOut,
  state: z.enum(['active', 'paused', 'closed']),
  policyVersion: z.int(),
  classWeek: z
    .object({
      sessionDate: z.string().nullable(),
      complete: z.boolean(),
      missedStreak: z.int(),
      escalated: z.boolean(),
      remindersPaused: z.boolean(),
    })
    .optional(),
  conversations: z.int(),
  meetings: z.int(),
  openCases: z.array(z.object({ id: z.string(), kind: z.string(), since: instantOut })),
  next: z.array(nextStep),
};

export const pairParams = z.strictObject({ id });

export const pairAnswer = z.looseObject(pairShape).meta({ id: 'Pair' });

const warning = z.object({ code: z.enum(['unrouted', 'guardian_consent_missing']), detail: z.string() });
export const pairMade = z.looseObject({ ...pairShape, warnings: z.array(warning) }).meta({ id: 'PairMade' });

export const commandAsked = z
  .object({ id: z.string(), state: z.literal('asked') })
  .meta({ id: 'CommandAsked', description: 'It is stored and will be carried out, or refused, as soon as possible' });

/** Position in a list of rows that are told apart by id within one instant. */
export const position = z.tuple([z.int(), z.string().max(600)]);

const switchOn = z.literal('true').transform(() => true);

const rangeForm = /^(?:(\d{1,9})|(?:(\d{1,9})\.\.(\d{1,9})?)|(?:\.\.(\d{1,9})))$/;
const rangeFault = 'A number such as 0, or a range such as 3.., ..1 or 1..2';

/** How many, as a number or a range: `0`, `3..`, `..1`, `1..2` (T10). */
const countRange = z
  .string()
  .transform((given, context): CountRange => {
    const found = rangeForm.exec(given);
    const [exact, from, to, upTo] = found?.slice(1).map((part) => (part === undefined ? null : Number(part))) ?? [];
    const range = { min: exact ?? from ?? null, max: exact ?? to ?? upTo ?? null };
    if (found && (range.min === null || range.max === null || range.min <= range.max)) return range;
    context.addIssue({
      code: 'custom',
      message: found ? 'A range goes from the smaller number to the larger' : rangeFault,
    });
    return z.NEVER;
  })
  .meta({ override: { type: 'string', pattern: rangeForm.source, examples: ['0', '3..', '..1', '1..2'] } });

/** What lists of pairs are filtered by; a message to many pairs takes the same. */
export const pairFilters = {
  programId: id.optional(),
  personId: id.optional(),
  mentorId: id.optional(),
  menteeId: id.optional(),
  coordinator: id.optional(),
  supervisor: id.optional(),
  state: z.enum(['active', 'paused', 'closed']).optional(),
  focus: switchOn.optional().meta({ override: { type: 'string', enum: ['true'] } }),
  conversations: countRange.optional(),
  meetings: countRange.optional(),
};

export const pairsQuery = listQuery(pairFilters, position);

export const pairList = listOf(pairAnswer);

const plannedStep = z.object({
  key: z.string(),
  at: instantOut,
  template: z.string(),
  channel: z.string(),
  to: z.string(),
  variant: z.string().nullable(),
  unless: z.string(),
});

export const planQuery = z.strictObject({
  until: instant.optional().meta({ description: '28 days from now unless told, 400 at most' }),
});
export const planAnswer = listOf(plannedStep);

export const timelineQuery = listQuery({}, position);
export const timelineAnswer = listOf(
  z.object({
    kind: z.enum(['message', 'entry']),
    id: z.string(),
    at: instantOut,
    type: z.string().meta({ description: 'Type of an entry, template of a message' }),
    state: z.string(),
    reason: z.string().nullable(),
    receivedAt: instantOut.optional(),
    key: z.string().optional(),
    to: z.string().optional(),
    channel: z.string().optional(),
  }),
);
