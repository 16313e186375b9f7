import type { MessageRow } from '../../policy/mailbox/row.ts';
import type { Resource } from '../../policy/resources/resource.ts';
import type { Respondent } from '../../policy/sections/check-ins.ts';
import type { Queryable } from '../database.ts';
import { resourcesByTopic } from './resources.ts';

/** Which of a program's resources a message names (T3, T9). */

/** Topic of what helps somebody who cannot reach the other. */
const reachingOut = 'reaching_out';

interface Wanted {
  topic: string;
  /** Whom it is to help: of mail to staff, the one who reported something. */
  audience: Respondent;
}

const participants: ReadonlySet<unknown> = new Set(['mentor', 'mentee', 'guardian']);

function wantedBy({ template, role, fields }: MessageRow): Wanted | null {
  if (template === 'how-to-reach-out') return { topic: reachingOut, audience: role as Respondent };
  if (typeof fields.topic !== 'string') return null;
  if (template === 'resources') return { topic: fields.topic, audience: role as Respondent };
  if (template !== 'trouble-case' || fields.proposeResources !== true) return null;
  return { topic: fields.topic, audience: participants.has(fields.by) ? (fields.by as Respondent) : 'mentor' };
}

/**
 * What each of these rows names, by the row's id; rows that name none are left out.
 * @param localeOf a person's own locale; null where it is not known
 */
export async function readResourcesFor(
  on: Queryable,
  rows: MessageRow[],
  localeOf: (personId: string) => string | null,
): Promise<Map<string, Resource[]>> {
  const read = new Map<string, Promise<Resource[]>>();
  const found = new Map<string, Resource[]>();
  for (const row of rows) {
    const wanted = wantedBy(row);
    if (!wanted) continue;
    const { topic, audience } = wanted;
    const locale = localeOf(row.personId);
    const name = JSON.stringify([row.programId, topic, audience, locale]);
    const resources = read.get(name) ?? resourcesByTopic(on, row.programId, topic, audience, locale);
    read.set(name, resources);
    found.set(row.id, await resources);
  }
  return found;
}
