import { z } from 'zod';
import type { Bound } from '../../policy/reports/span.ts';
import { standardsStates } from '../../policy/reports/standards.ts';
import { requestStatuses } from '../../policy/request/request.ts';
import { isCivilDate } from '../../policy/time.ts';
import { id, instant } from './common.ts';

/** Reports, as JSON and CSV. */

const bound = z
  .string()
  .transform((given, context): Bound => {
    if (isCivilDate(given)) return given;
    const at = instant.safeParse(given);
    if (at.success) return at.data;
    const message = 'A date such as 2026-11-18, or an instant, RFC 3339 with offset';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .meta({ override: { type: 'string', examples: ['2026-11-18', '2026-11-18T15:30:00-05:00'] } });

/** A date means the whole day in the program's zone, `to` included; an instant bounds as it is, `to` excluded. */
export const reportQuery = z.strictObject({ programId: id, from: bound.optional(), to: bound.optional() });

export const reportHeaders = z.object({ accept: z.string().optional() });

const outcome = z.object({ count: z.int(), meanPendingSeconds: z.number(), medianPendingSeconds: z.number() });
const ended = requestStatuses.filter((status) => status !== 'pending');

export const requestReport = z
  .object({
    outcomes: z.partialRecord(z.enum(ended), outcome),
    open: z.object({
      count: z.int(),
      meanAgeSeconds: z.number().nullable(),
      oldestAgeSeconds: z.number().nullable(),
    }),
  })
  .meta({
    id: 'RequestReport',
    description: 'Time in pending by outcome, and apart from that the age of what is still open',
  });

const respondent = z.enum(['mentor', 'mentee', 'guardian']);
const count = z.int().min(0);
/** A report is whole: there never is a next page. */
const whole = z.null();

export const standardsReport = z
  .object({
    items: z.array(
      z.object({
        pairId: z.string(),
        respondent,
        dueOn: z.iso.date(),
        state: z.enum(standardsStates),
        mode: z.string().nullable(),
        by: z.string().nullable(),
        reason: z.string().nullable(),
      }),
    ),
    next: whole,
    totals: z.object({
      due: count,
      made: count,
      late: count,
      missed: count,
      open: count,
      upcoming: count,
      excused: count,
    }),
  })
  .meta({
    id: 'StandardsReport',
    description: '`due` is what was `made`, `late` or `missed`, and what still has its window `open`',
  });

export const workloadReport = z
  .object({
    items: z.array(
      z.object({ staffId: z.string(), pairs: count, openCheckIns: count, overdue: count, openCases: count }),
    ),
    next: whole,
  })
  .meta({ id: 'WorkloadReport', description: 'Safety cases are counted for keys with the scope `sensitive` alone' });

export const meetingsReport = z
  .object({
    items: z.array(
      z.object({
        pairId: z.string(),
        period: z.string().meta({ description: 'First and last day, as an ISO 8601 interval' }),
        unit: z.enum(['meetings', 'hours']).meta({ description: 'In which `promised` counts' }),
        promised: z.number(),
        held: count,
        minutes: z.number(),
        kept: z.boolean().nullable(),
      }),
    ),
    next: whole,
  })
  .meta({
    id: 'MeetingsReport',
    description: '`kept` is null before a period is judged, and where nothing was promised',
  });

export const engagementReport = z
  .object({
    pairs: count,
    active: count,
    conversations: z.object({ none: count, one_or_two: count, three_or_more: count }),
  })
  .meta({ id: 'EngagementReport', description: 'Pairs, those that are active now, and pairs by their conversations' });

const sentiment = z.object({
  responses: count,
  mean: z.number().nullable().meta({ description: 'Of the scores, each as a share of its scale' }),
  temperature: z.enum(['cold', 'cool', 'mild', 'warm', 'hot']).nullable().meta({ description: 'The mean in a word' }),
  low: count,
});

export const sentimentReport = z.object({ ...sentiment.shape, previous: sentiment.nullable() }).meta({
  id: 'SentimentReport',
  description: '`previous` is the same of as many days right before `from`; null without `from`',
});
