import { z } from 'zod';
import { id } from './common.ts';
import { pairFilters } from './pair.ts';
import { plainText } from './resource.ts';
import { line } from './words.ts';

/** Messages in the words of staff to the people of many pairs (T10). */

const maximumText = 5_000;

export const broadcastInput = z
  .strictObject({
    programId: id,
    filter: z
      .strictObject(pairFilters)
      .default({})
      .meta({ description: 'The filters of the list of pairs, as strings; active pairs unless `state` is given' }),
    audience: z.enum(['mentor', 'mentee', 'both']),
    subject: line(200).optional(),
    text: plainText(maximumText),
    channel: z.enum(['email', 'sms']),
    dryRun: z.boolean().default(false),
  })
  .refine(({ channel, subject }) => channel === 'sms' || subject !== undefined, {
    path: ['subject'],
    message: 'A mail needs a subject',
  })
  .refine(({ programId, filter }) => filter.programId === undefined || filter.programId === programId, {
    path: ['filter', 'programId'],
    message: 'The same program, or none',
  })
  .meta({
    id: 'BroadcastInput',
    description:
      'Words as they stand, with nothing filled in; links only those that the program has set. The subject of a text is ' +
      'that of the mail which stands in for it',
  });

export const broadcastAnswer = z
  .object({
    recipients: z.array(
      z.object({
        personId: z.string(),
        pairIds: z.array(z.string()),
        channel: z.enum(['email', 'sms']).meta({ description: 'Over which it goes as things stand' }),
      }),
    ),
    excluded: z.array(z.object({ personId: z.string(), reason: z.string() })).meta({
      description: 'Who gets nothing, and the first gate in the way; `held` is `unavailable` without `sensitive`',
    }),
    counts: z.object({ recipients: z.int(), excluded: z.int() }),
    preview: z
      .object({
        subject: z.string().nullable(),
        body: z.string(),
        segments: z.int().nullable().meta({ description: 'Of a text, at its longest: the first to a number' }),
      })
      .meta({ description: 'As an invented recipient would read it' }),
    broadcastId: z.string().nullable().meta({ description: 'Null of a dry run' }),
  })
  .meta({ id: 'Broadcast' });
