import { z } from 'zod';
import { resourceAudiences } from '../../policy/resources/resource.ts';
import { id, listOf, listQuery } from './common.ts';
import { line, locale } from './words.ts';

/** What a program offers to read (T9). */

const maximumText = 5_000;

/** Words of several lines, with no control character but line breaks. */
export const plainText = (max: number) =>
  z
    .string()
    .transform((given) => given.replaceAll('\r\n', '\n').trim())
    .pipe(
      z
        .string()
        .min(1, 'Must not be empty')
        .max(max)
        .regex(/^(?:[^\p{Cc}\p{Zl}\p{Zp}]|\n)*$/u, 'No control character but line breaks'),
    );

function isSafeAddress(text: string): boolean {
  const url = URL.canParse(text) && /^[\x21-\x7e]+$/.test(text) ? new URL(text) : null;
  return url?.protocol === 'https:' && url.username === '' && url.password === '';
}

const address = z.string().max(1_000).refine(isSafeAddress, 'An https address was expected');
const topics = z.array(id).max(20).default([]);

const words = z
  .strictObject({
    title: line(200),
    text: plainText(maximumText).optional(),
    url: address.optional(),
    topics,
    audience: z.enum(resourceAudiences).default('all'),
    locale: locale.optional(),
    off: z.literal(false).optional(),
  })
  .refine(({ text, url }) => (text === undefined) !== (url === undefined), {
    path: ['text'],
    message: 'Either text or url',
  });

const onOrOff = z.strictObject({ off: z.boolean() });

export const resourceInput = z.union([words, onOrOff]).meta({
  id: 'ResourceInput',
  description:
    'Words of the program, with either `text` or `url` (https); or `off` alone, which switches a standard resource off and ' +
    "on again. `audience` is `all` and `locale` the program's unless told",
});

export const resourceAnswer = z
  .object({
    key: z.string(),
    title: z.string(),
    text: z.string().nullable(),
    url: z.string().nullable(),
    topics: z.array(z.string()),
    audience: z.enum(resourceAudiences),
    locale: z.string(),
    standard: z.boolean().meta({ description: 'It is of the standard set, as it ships' }),
    off: z.boolean().meta({ description: 'The program has switched it off: nobody is given it' }),
  })
  .meta({ id: 'Resource' });

export const resourcesQuery = listQuery({ topic: id.optional(), audience: z.enum(resourceAudiences).optional() }, id);
export const resourceList = listOf(resourceAnswer);
