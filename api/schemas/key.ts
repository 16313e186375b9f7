import { z } from 'zod';
import { scopes } from '../../prisma/store/keys.ts';
import { id, instant, text } from './common.ts';

export const newKey = z
  .strictObject({
    name: text(100),
    scopes: z.array(z.enum(scopes)).min(1).max(scopes.length),
    programIds: z.array(id).min(1).max(1_000).optional().meta({ description: 'Without it, all programs' }),
    expiresAt: instant.optional(),
  })
  .meta({ id: 'NewKey' });

export const createdKey = z
  .object({ id, key: z.string().meta({ description: 'Shown this once only' }) })
  .meta({ id: 'CreatedKey' });
