import { z } from 'zod';
import { id } from './common.ts';

/** Mentors whom staff recommend. */

const mentorIds = z
  .array(id)
  .max(50)
  .refine((given) => new Set(given).size === given.length, 'Nobody twice')
  .meta({ description: 'The best first' });

export const recommendationsInput = z.strictObject({ programId: id, mentorIds });

const item = z
  .strictObject({ menteeId: id, mentorIds: mentorIds.min(1) })
  .refine(({ menteeId, mentorIds: mentors }) => !mentors.includes(menteeId), {
    path: ['mentorIds'],
    message: 'Nobody is recommended to themselves',
  });

export const pushInput = z.strictObject({
  programId: id,
  items: z
    .array(item)
    .min(1)
    .max(500)
    .refine((items) => new Set(items.map(({ menteeId }) => menteeId)).size === items.length, 'Each mentee once'),
});

export const pushAnswer = z
  .object({ items: z.array(z.object({ menteeId: z.string(), mailed: z.boolean() })) })
  .meta({ id: 'RecommendationsPushed', description: 'A mentee whose list is the one pushed last gets no mail' });
