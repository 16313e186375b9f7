import { resourcesFor } from '../../policy/resources/offer.ts';
import type { PutResource, Resource, ResourceAudience, ResourceWords } from '../../policy/resources/resource.ts';
import type { Instant } from '../../policy/time.ts';
import { execute, type Queryable, queryRows } from '../database.ts';

/** What programs have put beside the standard resources, or in their place (T9). */

type Row = { [K in keyof ResourceWords]: ResourceWords[K] | null } & { key: string; off: boolean };

function putOf({ key, off, title, text, url, topics, audience, locale }: Row): PutResource {
  if (off) return { key, off };
  const words = { title, text, url, topics: topics ?? [], audience, locale };
  return { key, off, ...(words as ResourceWords) };
}

/** Everything that a program has put, in no order. */
export async function putResources(on: Queryable, programId: string): Promise<PutResource[]> {
  const sql = 'select key, off, title, text, url, topics, audience, locale from resources where program_id = $1';
  return (await queryRows<Row>(on, sql, programId)).map(putOf);
}

/** Puts words under a key, or switches the standard resource of that key off; what was there is replaced. */
export async function putResource(on: Queryable, programId: string, put: PutResource, now: Instant): Promise<void> {
  const words = put.off ? null : put;
  const sql = `
    insert into resources (program_id, key, off, title, text, url, topics, audience, locale, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7::text[], $8, $9, $10)
    on conflict (program_id, key) do update set off = excluded.off, title = excluded.title, text = excluded.text,
      url = excluded.url, topics = excluded.topics, audience = excluded.audience, locale = excluded.locale,
      updated_at = excluded.updated_at`;
  const { title = null, text = null, url = null, topics = [], audience = null, locale = null } = words ?? {};
  const values = [title, text, url, [...topics], audience, locale, new Date(now)];
  await execute(on, sql, programId, put.key, put.off, ...values);
}

/** Takes away what a program has put under a key: a standard resource stands again as it is. */
export async function takeResource(on: Queryable, programId: string, key: string): Promise<void> {
  await execute(on, 'delete from resources where program_id = $1 and key = $2', programId, key);
}

/**
 * What a program offers somebody on a topic, its own and the standard ones, in the order of keys: in their language where
 * there is any, else in the program's, else in English.
 * @param locale of the person; null where it is not known
 */
export async function resourcesByTopic(
  on: Queryable,
  programId: string,
  topic: string,
  audience: Exclude<ResourceAudience, 'all'>,
  locale: string | null,
): Promise<Resource[]> {
  const sql = `
    select v.document->>'locale' as locale from programs p
    join program_versions v on v.program_id = p.id and v.version = p.version where p.id = $1`;
  const [put, [program]] = await Promise.all([
    putResources(on, programId),
    queryRows<{ locale: string }>(on, sql, programId),
  ]);
  const locales = [locale, program?.locale ?? null].filter((tag) => tag !== null);
  return resourcesFor(put, topic, audience, locales);
}
