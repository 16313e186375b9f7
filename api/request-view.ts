import type { z } from 'zod';
import { planRequest } from '../policy/request/decide.ts';
import { maskContacts } from '../policy/request/mask.ts';
import { type RequestContext, reopenableUntil } from '../policy/request/request.ts';
import { requestsPolicyOf } from '../policy/sections/requests.ts';
import { type Instant, toRfc3339 } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import { readVersions } from '../prisma/store/programs.ts';
import { readRequestContext } from '../prisma/store/request-work.ts';
import type { RequestRecord } from '../prisma/store/requests.ts';
import type { RequestKey } from './authentication.ts';
import type { requestAnswer, requestLive } from './schemas/request.ts';

type RequestItem = z.input<typeof requestAnswer>;

/** What a list needs of the versions under which its requests were opened. */
type Terms = Pick<RequestContext, 'policy' | 'zone'>;

/** Requests as a key may see them; the versions that they were opened under are read in one statement. */
export async function requestItems(database: Database, rows: RequestRecord[], key: RequestKey): Promise<RequestItem[]> {
  const nameOf = ({ programId, policyVersion }: RequestRecord): string => `${programId}/${policyVersion}`;
  const versions = new Map(rows.map((row) => [nameOf(row), { id: row.programId, version: row.policyVersion }]));
  const read = await readVersions(database, [...versions.values()]);
  const terms = new Map(
    read.map(({ id, version, document: { policy, zone } }) => [
      `${id}/${version}`,
      { policy: requestsPolicyOf(policy), zone },
    ]),
  );
  return rows.map((row) => itemOf(row, terms.get(nameOf(row)) as Terms, key));
}

/** One request with what is still to come of it, by the functions that its workflow decides with (E5). */
export async function liveRequest(
  database: Database,
  row: RequestRecord,
  now: Instant,
  key: RequestKey,
): Promise<z.input<typeof requestLive>> {
  const context = await readRequestContext(database, row, { ahead: 0, spread: 0 });
  const next = planRequest(row, now, context).map((step) => ({ ...step, at: toRfc3339(step.at) }));
  return { ...itemOf(row, context, key), next };
}

function itemOf(row: RequestRecord, { policy, zone }: Terms, key: RequestKey): RequestItem {
  const instant = (at: Instant | null) => (at === null ? null : toRfc3339(at));
  const { id, programId, kind, menteeId, mentorId, mentorIds, status, pairId, reason, policyVersion } = row;
  return {
    id,
    programId,
    kind,
    menteeId,
    mentorId,
    mentorIds,
    status,
    createdAt: toRfc3339(row.createdAt),
    openedAt: toRfc3339(row.openedAt),
    closesAt: instant(row.closesAt),
    closedAt: instant(row.closedAt),
    pairId,
    reason,
    reopenableUntil: instant(reopenableUntil(row, policy, zone)),
    policyVersion,
    ...wordsOf(row, key),
  };
}

/** Words are for keys that may read them; others see them only where they are made harmless for a minor's sake (R2). */
function wordsOf({ message, reply, staffNote, withMinor }: RequestRecord, key: RequestKey): Partial<RequestItem> {
  if (key.has('sensitive')) return { message, reply, staffNote };
  if (!withMinor) return {};
  const masked = (text: string | null): string | null => (text === null ? null : maskContacts(text));
  return { message: masked(message), reply: masked(reply) };
}
