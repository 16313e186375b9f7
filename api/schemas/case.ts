import { z } from 'zod';
import { id, instantOut, listOf, listQuery } from './common.ts';
import { code } from './event-data.ts';
import { position } from './pair.ts';

/** Cases: what staff are to look after. */

const caseKinds = [
  'escalation',
  'trouble',
  'flag',
  'safety',
  'intervention',
  'check-in-overdue',
  'promise-broken',
  'first-meeting',
  'unreachable',
  'task',
] as const;

export const casesQuery = listQuery(
  {
    programId: id.optional(),
    pairId: id.optional(),
    personId: id.optional(),
    kind: z.enum(caseKinds).optional(),
    assignee: id.optional(),
    supervisor: id.optional(),
    state: z.enum(['open', 'acknowledged', 'resolved', 'withdrawn']).optional(),
  },
  position,
);

export const caseInput = z
  .strictObject({
    kind: z.enum(['escalation', 'safety', 'intervention', 'task']),
    pairId: id.optional(),
    personId: id.optional(),
    programId: id.optional(),
    reason: code,
    by: id,
    pauseReminders: z.boolean().optional(),
  })
  .superRefine((given, context) => {
    const refuse = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    const { kind, pairId, personId, programId, pauseReminders } = given;
    if (pairId === undefined && personId === undefined) refuse('pairId', 'A pair or a person is needed');
    if (pairId === undefined && personId !== undefined && programId === undefined) {
      refuse('programId', "A person's case belongs to a program");
    }
    if (pairId === undefined && kind === 'escalation') refuse('pairId', 'An escalation is about a pair');
    if (pauseReminders && kind !== 'escalation') refuse('pauseReminders', 'Only an escalation pauses reminders');
  })
  .meta({ id: 'CaseInput', description: '`reason` is a code of your own; `pauseReminders` is for escalations' });

export const acknowledgeInput = z.strictObject({ by: id });
export const noteInput = z.strictObject({ by: id, text: z.string().trim().min(1).max(5_000) });
export const resolveInput = z
  .strictObject({
    by: id,
    outcome: z.enum(['resolved', 'rematch', 'unavailable', 'removed', 'cleared']),
    personId: id.optional().meta({ description: 'The party whom the outcome is about' }),
    note: z.string().trim().min(1).max(5_000).optional(),
  })
  .meta({
    id: 'CaseResolution',
    description: '`rematch`, `unavailable`, `removed` end interventions and trouble; `cleared` ends safety cases alone',
  });

const entry = z.object({
  at: instantOut,
  by: z.string(),
  code: z.string(),
  ref: z.string().optional(),
  text: z.string().optional(),
});

export const caseAnswer = z
  .object({
    id: z.string(),
    kind: z.string(),
    programId: z.string(),
    pairId: z.string().optional(),
    personId: z.string().optional(),
    option: z.string().optional(),
    topic: z.string().optional().meta({ description: 'Of a flag, where it is a code of the program' }),
    priority: z.string().optional().meta({ description: 'Of a flag' }),
    outreachAddress: z.string().optional(),
    state: z.enum(['open', 'acknowledged', 'resolved', 'withdrawn']),
    assignee: z.string().nullable(),
    supervisor: z.string().nullable(),
    openedBy: z.string().nullable(),
    openedAt: instantOut,
    endedAt: instantOut.nullable(),
    reason: z.string(),
    outcome: z.string().nullable(),
    facts: z.array(z.string()),
    entries: z.array(entry),
    words: z
      .array(z.object({ eventId: z.string(), field: z.string(), text: z.string() }))
      .optional()
      .meta({ description: 'What was written in the events that it rests on; of a single case' }),
  })
  .meta({
    id: 'Case',
    description: 'Words and the text of entries are left out without the scope `sensitive`, and safety cases are',
  });

export const caseList = listOf(caseAnswer);

export const focusQuery = z
  .strictObject({
    ...listQuery({}, position).shape,
    coordinator: id.optional(),
    supervisor: id.optional(),
    programId: id.optional(),
  })
  .refine(({ coordinator, supervisor }) => (coordinator === undefined) !== (supervisor === undefined), {
    message: 'Either a coordinator or a supervisor',
    path: ['coordinator'],
  });

export const focusList = listOf(
  z
    .object({
      pairId: z.string(),
      programId: z.string(),
      caseId: z.string(),
      reason: z.string(),
      state: z.string(),
      streak: z.int(),
      since: instantOut,
      lastOutreach: instantOut.nullable(),
      reminderDelivered: z.boolean(),
      notDeliveredBecause: z.string().nullable(),
      notes: z.int(),
    })
    .meta({ id: 'FocusItem', description: 'An escalated pair; `streak` counts the weeks missed in a row' }),
);

const openCase = z.object({ caseId: z.string(), kind: z.string(), pairId: z.string().nullable(), since: instantOut });

export const programHealth = z
  .object({
    unrouted: z.array(openCase).meta({ description: 'Open cases without assignee' }),
    unreachable: z.array(z.object({ personId: z.string(), caseId: z.string(), since: instantOut })),
    overdue: z.array(openCase).meta({ description: 'Escalations without outreach for 7 days' }),
    parked: z
      .int()
      .meta({ description: 'Events whose subject is not known, of any program where the sender may be for it' }),
    guardianConsentMissing: z
      .array(z.object({ personId: z.string(), pairId: z.string() }))
      .meta({ description: 'Minors in a pair whose guardian has not consented to contact' }),
    profileIncomplete: z.array(z.string()).meta({ description: 'Mentors whose profile is incomplete' }),
    parkedChannels: z
      .array(z.object({ name: z.string(), code: z.string().nullable(), since: instantOut }))
      .meta({ description: 'Channels that take nothing until staff resume them' }),
    unknownSends: z.array(z.object({ messageId: z.string(), channel: z.string(), since: instantOut })).meta({
      description: 'Messages of which for 15 minutes nobody could say whether they went; settle them by hand',
    }),
    quarantinedReports: z
      .array(z.object({ provider: z.string(), status: z.string(), code: z.string().nullable(), since: instantOut }))
      .meta({ description: 'What providers reported of sends that are not known, of any program' }),
  })
  .meta({ id: 'ProgramHealth', description: 'At most 200 of each' });
