import { z } from 'zod';
import { id, instantOut, listOf, listQuery } from './common.ts';
import { position } from './pair.ts';

/** People who wait for a new counterpart (T5). */

export const rematchesQuery = listQuery(
  {
    rematch: z.literal('due').meta({ description: 'Who waits for a new counterpart and may be matched by now' }),
    programId: id.optional(),
  },
  position,
);

export const rematchList = listOf(
  z
    .object({
      id: z.string(),
      name: z.string(),
      programId: z.string(),
      role: z.string(),
      pairId: z.string().meta({ description: 'The pair that ended' }),
      askedAt: instantOut,
      rematchAfter: instantOut,
    })
    .meta({ id: 'WaitingPerson', description: 'Somebody who waits for a new counterpart in a program' }),
);
