import type { Database } from '../../prisma/database.ts';
import { type ChangeRecord, readChanges } from '../../prisma/store/changes.ts';
import { type Route, route } from '../route.ts';
import { changesAnswer, changesQuery } from '../schemas/change.ts';
import { encodeCursor } from '../schemas/common.ts';

/** Every change of state of pairs, requests, people and cases, in order, for a platform that follows along. */
export function changeRoutes({ database }: { database: Database }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/changes',
      operationId: 'getChanges',
      summary: 'Follow every change of state, in order',
      description:
        'From the first change on, or after the cursor that an answer gave as `next`. Changes of one thing come in their ' +
        'order, none is left out, and each comes once for one cursor. A page may be short or empty before the end.',
      tag: 'changes',
      scope: 'read',
      query: changesQuery,
      responses: { 200: changesAnswer },
      async handler({ query, key }) {
        const after = BigInt(query.after?.[0] ?? '0');
        const view = { programIds: key.programIds, safety: key.has('sensitive') };
        const { changes, upTo } = await readChanges(database, after, query.limit, view);
        const items = changes.map((record) => changeItem(record, key.programIds));
        return { status: 200, body: { items, next: encodeCursor([String(upTo)]) } };
      },
    }),
  ];
}

/** A change as a key may see it: of a person's programs those that the key is for. */
function changeItem(record: ChangeRecord, limit: readonly string[] | null) {
  const { at, kind, subjectId: id, change, programIds, related } = record;
  const seen = programIds.filter((programId) => limit?.includes(programId) ?? true);
  const about = Object.fromEntries(Object.entries(related).filter(([, value]) => value !== null));
  return { at: at.toISOString(), kind, id, change, programIds: seen, ...about };
}
