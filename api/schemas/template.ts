import { z } from 'zod';
import { instantOut } from './common.ts';
import { locale } from './words.ts';

/** A program's own words for a template. */

export const templateQuery = z.strictObject({
  channel: z.enum(['email', 'sms']).default('email'),
  locale: locale.optional().meta({ description: "The program's locale where left out" }),
  variant: z
    .string()
    .regex(/^[a-z0-9-]{1,64}$/, 'The name of a variant was expected')
    .default('regular'),
});

/** Long enough that a draft over the limit is told so by the check of templates. */
const words = z.string().max(100_000);

export const templateInput = z
  .strictObject({ subject: words.optional(), body: words })
  .meta({ id: 'TemplateInput', description: 'Liquid, like the texts that ship with Tandem; a text has no subject' });

export const previewInput = z
  .strictObject({ subject: words.optional(), body: words.optional() })
  .meta({ id: 'TemplatePreviewInput', description: 'The words to preview; without them those that stand' });

const place = { key: z.string(), channel: z.string(), locale: z.string(), variant: z.string() };

export const templateAnswer = z
  .object({
    ...place,
    subject: z.string().nullable(),
    body: z.string(),
    origin: z.enum(['own', 'shipped']),
    updatedAt: instantOut.nullable(),
  })
  .meta({ id: 'Template', description: 'The words that stand: of the program itself, or those that ship with Tandem' });

export const previewAnswer = z
  .object({ ...place, subject: z.string().nullable(), body: z.string(), segments: z.int().nullable() })
  .meta({ id: 'TemplatePreview', description: 'A message with sample data, as its recipient would read it' });
