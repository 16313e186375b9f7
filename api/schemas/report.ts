import { z } from 'zod';
import { requestStatuses } from '../../policy/request/request.ts';
import { id, instant } from './common.ts';

/** Reports, as JSON and CSV. */

export const reportQuery = z
  .strictObject({ programId: id, from: instant.optional(), to: instant.optional() })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['to'],
    message: 'Must be later than from',
  });

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
