import { z } from 'zod';
import { isCivilDate, isZone } from '../../policy/time.ts';

/** An opaque id given by the integrating platform. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'An id has 1 to 64 of the characters A-Z a-z 0-9 _ -')
  .meta({ id: 'Id', description: 'Opaque; never a name, e-mail address or phone number' });

/** A text of one to so many characters. */
export const text = (max: number) => z.string().min(1).max(max);

const EARLIEST = Date.UTC(1900, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** RFC 3339 with offset, read as epoch milliseconds. */
export const instant = z.iso
  .datetime({ offset: true, error: 'An instant is RFC 3339 with offset, such as 2026-11-18T15:30:00-05:00' })
  .transform((given) => Date.parse(given))
  .refine((at) => at >= EARLIEST && at < LATEST, 'An instant lies between the years 1900 and 2199');

/** RFC 3339 in UTC, as answers carry instants. */
export const instantOut = z.iso.datetime();

export const civilDate = z.string().refine(isCivilDate, 'A date of the calendar, YYYY-MM-DD').meta({ format: 'date' });

export const zone = z
  .string()
  .max(64)
  .refine(isZone, 'An IANA zone such as America/New_York')
  .meta({ examples: ['America/New_York'] });

export const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A local time of day, HH:MM');

/** A switch in a query, `true` or `false`. */
export const flag = z.enum(['true', 'false']).transform((given) => given === 'true');

/** An object without parameters, for commands that carry nothing. */
export const nothing = z.strictObject({}).optional();

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** How many items a list answers: 1 to 200, 50 unless told. */
export const limit = z
  .string()
  .regex(/^\d{1,3}$/, `A whole number from 1 to ${MAX_LIMIT}`)
  .transform(Number)
  .refine((count) => count >= 1 && count <= MAX_LIMIT, `A whole number from 1 to ${MAX_LIMIT}`)
  .default(DEFAULT_LIMIT)
  .meta({ override: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT } });

/** The opaque text of a position in a list. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** A cursor that a list gave out; anything else is refused. `position` is what it holds, as the list encoded it. */
export function cursor<P extends z.ZodType>(position: P) {
  return z
    .string()
    .max(1_000)
    .transform((given, context): z.output<P> => {
      const result = position.safeParse(possible(decoded(given)));
      if (result.success) return result.data;
      context.addIssue({ code: 'custom', message: 'Not a cursor of this list' });
      return z.NEVER;
    })
    .optional()
    .meta({ override: { type: 'string', description: 'The "next" of the page before' } });
}

/** No position lies after the year 9999, in milliseconds. */
const lastPosition = 253_402_300_799_999;

/** What a list can have given out: nothing that a database cannot compare with. */
function possible(value: unknown): unknown {
  if (typeof value === 'number') return value >= 0 && value <= lastPosition ? value : undefined;
  if (typeof value === 'string') return /[\0\p{Surrogate}]/u.test(value) ? undefined : value;
  return Array.isArray(value) ? value.map(possible) : value;
}

function decoded(given: string): unknown {
  try {
    return /^[A-Za-z0-9_-]+$/.test(given) ? JSON.parse(Buffer.from(given, 'base64url').toString('utf8')) : undefined;
  } catch {
    return undefined;
  }
}

/** The query of a list: its filters, `limit` and `cursor`. */
export function listQuery<F extends z.ZodRawShape, P extends z.ZodType>(filters: F, position: P) {
  return z.strictObject({ ...filters, limit, cursor: cursor(position) });
}

/** What a list answers. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable() });
}

/**
 * A page of rows of which one more than `limit` was read.
 * @param positionOf where the list goes on behind a row
 */
export function page<T, U>(rows: T[], limit: number, item: (row: T) => U, positionOf: (row: T) => unknown) {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(item), next: last === undefined ? null : encodeCursor(positionOf(last)) };
}

/** A refusal, RFC 9457. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'Further members depend on `code`' });
