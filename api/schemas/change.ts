import { z } from 'zod';
import { cursor, id, instantOut, limit } from './common.ts';

/** The feed of changes. */

/** A position in the feed, as its cursors hold it. */
export const feedPosition = z.tuple([z.string().regex(/^\d{1,18}$/)]);

export const changesQuery = z.strictObject({ limit, after: cursor(feedPosition) });

const change = z
  .object({
    at: instantOut,
    kind: z.enum(['pair', 'request', 'person', 'case']),
    id: z.string(),
    change: z.string().meta({
      description:
        'What it became. A pair: `active`, `paused`, `closed`; a request: its status; a case: its state; a person: ' +
        '`available`, `unavailable`, `removed`, `erased`, or `enrolment.` with the state in a program, `ended` included',
    }),
    programIds: z.array(id),
    mentorId: z.string().optional(),
    menteeId: z.string().optional(),
    pairId: z.string().optional(),
    personId: z.string().optional(),
    role: z.string().optional(),
    requestKind: z.string().optional(),
    caseKind: z.string().optional(),
  })
  .meta({ id: 'Change', description: 'Ids and codes only; safety cases are left out without the scope `sensitive`' });

export const changesAnswer = z
  .object({ items: z.array(change), next: z.string() })
  .meta({ id: 'Changes', description: '`next` is always there: ask again with it, also when there was nothing' });
