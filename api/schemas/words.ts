import { z } from 'zod';
import { isBlank } from '../../activities/rendering/values.ts';

/** A text of one line: trimmed, one to so many characters of which one can be seen, no control character. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'Must not be empty')
    .max(max)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'One line without control characters')
    .refine((text) => !isBlank(text), 'Must have something that can be seen');

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** A BCP 47 language tag, read in its canonical form. */
export const locale = z
  .string()
  .max(35)
  .refine(isLocale, 'A BCP 47 language tag such as en or es-MX')
  .transform((tag) => Intl.getCanonicalLocales(tag)[0] as string)
  .meta({ examples: ['en'] });
