import { z } from 'zod';
import type { PairEventName, PersonEventName } from '../../policy/event.ts';
import { choiceRefusal, troubleOptions } from '../../policy/trouble-options.ts';
import { civilDate, id, instant } from './common.ts';

/** The data of each event type: which fields it must and may have, and what they must fulfil. Which hold words is in `policy/event-words`. */

/** A word of the program's own vocabulary. */
export const code = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'A code has 1 to 64 of the characters A-Z a-z 0-9 _ . -');

export const words = z.string().max(5_000).meta({ description: 'Free text' });
/** A code, or words in its place. */
const codeOrWords = z.string().min(1).max(500);
const minutes = z.number().min(0).max(10_080);
const reporter = id.meta({ description: 'Person id, or `mentor`, `mentee`, `guardian`' });

const answer = z.union([
  z.string().max(5_000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(500)).max(50),
  z.null(),
]);
export const answers = z
  .record(id, answer)
  .refine((given) => Object.keys(given).length <= 100, 'At most 100 answers')
  .meta({ description: "By the program's question ids" });

/** Who is asked in a check-in, and how a contact was made. */
export const respondent = z.enum(['mentor', 'mentee', 'guardian']);
export const contactMode = z.enum(['text', 'email', 'form', 'phone', 'video', 'in_person']);

const present = z
  .array(id)
  .max(50)
  .refine((given) => new Set(given).size === given.length, 'Nobody twice')
  .meta({ description: 'Person ids, or `other`' });

type Fields = Record<string, z.ZodType>;
type Data = Record<string, unknown>;
type Refuse = (field: string, message: string) => void;

export interface EventForm {
  /** Checks the data; instants come out as epoch milliseconds. */
  schema: z.ZodType<Data | null | undefined>;
}

/** What the fields must fulfil together. */
type Together = (data: Data, refuse: Refuse) => void;

/**
 * A form whose fields are all strict. An event that takes an earlier one back (`retracts`) counts for nothing itself and
 * may leave out the rest.
 */
function form(required: Fields, optional: Fields = {}, together?: Together): EventForm {
  const needed = Object.keys(required);
  const fields = Object.entries({ ...required, ...optional, retracts: id });
  const shape = Object.fromEntries(fields.map(([name, field]) => [name, field.nullish()]));
  const object = z.strictObject(shape).superRefine(
    (data: Data, context) => {
      const refuse: Refuse = (field, message) => context.addIssue({ code: 'custom', path: [field], message });
      if (data.retracts == null)
        for (const name of needed) if (data[name] == null) refuse(name, 'This field is needed');
      together?.(data, refuse);
    },
    { when: ({ value }) => typeof value === 'object' && value !== null },
  );
  const documented = object.meta({ override: { anyOf: [{ required: needed }, { required: ['retracts'] }] } });
  return { schema: needed.length > 0 ? documented : object.nullish() };
}

/** What each party may report (T2); of somebody who is named by person id the pair knows which they are. */
function troubleOption({ by, option }: Data, refuse: Refuse): void {
  const role = (['mentor', 'mentee', 'guardian'] as const).find((known) => known === by);
  const chosen = troubleOptions.find((known) => known === option);
  const refusal = role && chosen ? choiceRefusal(role, chosen) : null;
  if (refusal !== null) refuse('option', refusal);
}

function scoreInScale({ score, scale }: Data, refuse: Refuse): void {
  if (typeof score === 'number' && typeof scale === 'number' && score > scale)
    refuse('score', 'Lies outside its scale');
}

export const eventForms: Record<PairEventName | PersonEventName, EventForm> = {
  'lesson.completed': form({ by: reporter }, { sessionDate: civilDate }),
  'message.sent': form({ by: reporter }),
  'week.excused': form({ sessionDate: civilDate, reason: codeOrWords }),
  'outreach.recorded': form({ by: reporter }, { caseId: id }),
  'conversation.logged': form({ by: reporter }, { channel: code, minutes }),
  'flag.submitted': form(
    { by: reporter, topic: codeOrWords, priority: z.enum(['immediate', 'normal']) },
    { text: words },
  ),
  'contact.trouble': form(
    {
      by: reporter,
      option: z.enum(troubleOptions),
    },
    {},
    troubleOption,
  ),
  'meeting.scheduled': form({ at: instant }),
  'meeting.recorded': form(
    { by: reporter, occurred: z.boolean(), at: instant },
    { minutes, present, activity: words, place: words, mood: z.int().min(1).max(5), moodText: words },
  ),
  'checkin.recorded': form(
    {
      respondent,
      mode: contactMode,
      answers,
      safetyConcern: z.boolean(),
    },
    { by: reporter, discomfort: z.boolean(), notes: words, roadblocks: words },
  ),
  'survey.answered': form(
    { by: reporter, instrument: code, score: z.number().min(1), scale: z.int().min(2).max(100) },
    { comment: words },
    scoreInScale,
  ),
  'support.recorded': form(
    {
      to: z.enum(['mentor', 'mentee', 'guardian']),
      kind: z.enum(['advice', 'problem_solving', 'training', 'resource']),
      by: reporter,
    },
    { contactId: id, resourceKey: code, notes: words },
  ),
  'person.active': form({}),
};
