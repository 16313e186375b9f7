import { z } from 'zod';
import { id, instantOut } from './common.ts';

/** Channels: who carries mail and texts, and whether they take any. */

export const channelParams = z.strictObject({ name: id });
export const channelResume = z.strictObject({ by: id });

export const channelAnswer = z
  .object({
    name: z.string(),
    carries: z.array(z.enum(['email', 'sms'])),
    state: z.enum(['open', 'parked', 'limited']),
    code: z.string().nullable().meta({ description: 'Of the refusal that parked it' }),
    since: instantOut.nullable().meta({ description: 'Since when it is parked' }),
    resumeAt: instantOut.nullable().meta({ description: 'When a limited one takes messages again by itself' }),
  })
  .meta({ id: 'Channel', description: 'A parked one takes nothing until staff resume it; its messages wait' });

export const channelList = z.object({ items: z.array(channelAnswer) });
