import { z } from 'zod';
import { id, instantOut, listOf, listQuery } from './common.ts';
import { position } from './pair.ts';

/** What people wrote back. */

export const inboundMessagesQuery = listQuery(
  {
    personId: id.optional(),
    reading: z
      .string()
      .regex(/^[a-z_]{1,40}$/, 'A reading such as perhaps_stop')
      .optional(),
  },
  position,
);

export const inboundMessage = z
  .object({
    id: z.string(),
    provider: z.string(),
    channel: z.string(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    personId: z.string().nullable(),
    caseId: z.string().nullable(),
    reading: z.string(),
    doubt: z.string().nullable(),
    subject: z.string().nullable(),
    body: z.string().nullable(),
    receivedAt: instantOut,
  })
  .meta({
    id: 'InboundMessage',
    description: '`personId` is null where nobody, or more than one person, has the address',
  });
export const inboundMessageList = listOf(inboundMessage);
