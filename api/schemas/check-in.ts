import { z } from 'zod';
import { civilDate, id, instant, instantOut, listOf, listQuery } from './common.ts';
import { answers, contactMode, respondent, words } from './event-data.ts';

/** Check-ins, and the history of contacts. */

const states = ['upcoming', 'open', 'satisfied', 'late', 'missed', 'excused'] as const;

export const checkInsQuery = listQuery(
  {
    programId: id.optional(),
    pairId: id.optional(),
    personId: id.optional(),
    respondent: respondent.optional(),
    coordinator: id.optional(),
    supervisor: id.optional(),
    state: z.enum(states).optional(),
    due: civilDate
      .optional()
      .meta({ description: 'Those due on or before this day that are still owed: a contact would still count' }),
  },
  z.tuple([civilDate, z.string().max(64), z.string().max(64)]),
);

export const checkInAnswer = z
  .object({
    id: z.string(),
    pairId: z.string(),
    respondent,
    personId: z.string(),
    dueOn: civilDate,
    opensOn: civilDate,
    closesOn: civilDate,
    state: z.enum(states),
    satisfiedBy: z.string().nullable(),
    live: z.boolean(),
  })
  .meta({
    id: 'CheckIn',
    description:
      'As of now, by the days of its pair. `satisfiedBy` is the id of the contact; `excused` is what a pause, trouble, a ' +
      'safety case or the end of the match kept from being owed',
  });
export const checkInList = listOf(checkInAnswer);

export const checkInRecordInput = z
  .strictObject({
    respondent: respondent.optional().meta({ description: "The check-in's own, where it is given" }),
    mode: contactMode.optional(),
    by: id,
    answers: answers.optional(),
    safetyConcern: z.boolean().optional(),
    discomfort: z.boolean().optional(),
    notes: words.optional(),
    roadblocks: words.optional(),
    at: instant.optional().meta({ description: 'When it occurred; now unless told' }),
    retracts: id.optional().meta({ description: 'Id of a contact of this pair that was wrong' }),
  })
  .superRefine(({ retracts, mode, safetyConcern }, context) => {
    if (retracts !== undefined) return;
    const needed = (field: string) =>
      context.addIssue({ code: 'custom', path: [field], message: 'This field is needed' });
    if (mode === undefined) needed('mode');
    if (safetyConcern === undefined) needed('safetyConcern');
  })
  .meta({
    id: 'CheckInRecording',
    description: 'The data of `checkin.recorded`; `by` is who records it. With `retracts` the rest may be left out',
  });

export const checkInRecorded = z
  .object({ id: z.string(), state: z.enum(['applied', 'accepted']), contactId: z.string(), checkIn: checkInAnswer })
  .meta({
    id: 'CheckInRecorded',
    description: '`applied`: the check-in is shown with it; `accepted`: its pair has yet to take it up',
  });

export const contactsQuery = listQuery({}, z.tuple([z.int(), z.int()]));

const followUp = z.object({
  id: z.string(),
  at: instantOut,
  to: respondent,
  kind: z.string(),
  by: z.string(),
  resourceKey: z.string().nullable(),
  notes: z.string().nullable().optional(),
});

export const contactAnswer = z
  .object({
    id: z.string(),
    at: instantOut,
    recordedAt: instantOut,
    respondent,
    mode: contactMode,
    live: z.boolean(),
    by: z.string().nullable(),
    safetyConcern: z.boolean().optional(),
    discomfort: z.boolean().optional(),
    checkInId: z.string().nullable(),
    dueOn: civilDate.nullable(),
    retracted: z.boolean(),
    answers: z.record(z.string(), z.string()).optional(),
    notes: z.string().nullable().optional(),
    roadblocks: z.string().nullable().optional(),
    followUps: z.array(followUp),
  })
  .meta({
    id: 'Contact',
    description:
      'Words, `safetyConcern` and `discomfort` are there with scope `sensitive` alone; every answer is text. `checkInId` is ' +
      'what the contact satisfied',
  });
export const contactList = listOf(contactAnswer).extend({
  unattached: z.array(followUp).optional().meta({
    description:
      'On the first page: support of the pair that names no contact, or one that is not known (yet), newest first',
  }),
});
