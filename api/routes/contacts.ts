import type { z } from 'zod';
import { isLive } from '../../policy/pair/check-ins/facts.ts';
import type { Database } from '../../prisma/database.ts';
import { type ContactRecord, type FollowUp, listContacts, listUnattachedSupport } from '../../prisma/store/contacts.ts';
import { type Route, route } from '../route.ts';
import { type contactAnswer, contactList, contactsQuery } from '../schemas/check-in.ts';
import { page } from '../schemas/common.ts';
import { pairParams } from '../schemas/pair.ts';
import { requirePair } from './pairs.ts';

/** The history of contacts with the people of a pair, for whoever looks after it next (K5, K7). */
export function contactRoutes({ database }: { database: Database }): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/pairs/{id}/contacts',
      operationId: 'listContacts',
      summary: 'List the contacts with mentor, mentee and guardian of a pair, newest first',
      description:
        'Each with what it satisfied and the support that followed it; those taken back are marked. `unattached` is the ' +
        'support that follows no known contact, newest first, on the first page alone.',
      tag: 'check-ins',
      scope: 'read',
      params: pairParams,
      query: contactsQuery,
      responses: { 200: contactList },
      async handler({ params, query, key }) {
        await requirePair(database, key, params.id);
        const { limit, cursor = null } = query;
        const withWords = key.has('sensitive');
        const rows = await listContacts(database, params.id, { withWords, after: cursor, limit: limit + 1 });
        const item = (row: ContactRecord) => contactItem(row, withWords);
        const contacts = page(rows, limit, item, ({ at, seq }) => [at.getTime(), Number(seq)]);
        if (cursor !== null) return { status: 200, body: contacts };
        const support = await listUnattachedSupport(database, params.id, withWords);
        const unattached = support.map((action) => followUpItem(action, withWords));
        return { status: 200, body: { ...contacts, unattached } };
      },
    }),
  ];
}

type Answer = z.input<typeof contactAnswer>;

function contactItem(row: ContactRecord, withWords: boolean): Answer {
  const { id, at, recordedAt, data, retracted, checkInId, dueOn, followUps } = row;
  const mode = data.mode as Answer['mode'];
  return {
    id,
    at: at.toISOString(),
    recordedAt: recordedAt.toISOString(),
    respondent: data.respondent as Answer['respondent'],
    mode,
    live: isLive(mode),
    by: data.by ?? null,
    checkInId,
    dueOn,
    retracted,
    ...(withWords ? wordsOf(row) : {}),
    followUps: followUps.map((action) => followUpItem(action, withWords)),
  };
}

function followUpItem({ notes, ...action }: FollowUp, withWords: boolean): Answer['followUps'][number] {
  return { ...action, to: action.to as Answer['respondent'], ...(withWords ? { notes } : {}) };
}

const prefix = 'answers.';

/** What was said, and what it may mean. */
function wordsOf({ data, texts }: ContactRecord): Partial<Answer> {
  const given = Object.entries(texts ?? {});
  const answers = given.filter(([field]) => field.startsWith(prefix));
  return {
    safetyConcern: data.safetyConcern === true,
    discomfort: data.discomfort === true,
    answers: Object.fromEntries(answers.map(([field, text]) => [field.slice(prefix.length), text])),
    notes: texts?.notes ?? null,
    roadblocks: texts?.roadblocks ?? null,
  };
}
