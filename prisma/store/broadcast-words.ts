import type { MessageRow } from '../../policy/mailbox/row.ts';
import { type Queryable, queryRows } from '../database.ts';

/** What staff wrote to the people of many pairs. */
export interface BroadcastWords {
  /** Null of a text without one. */
  subject: string | null;
  text: string;
  /** Links of the program that stand among the words. */
  links: string[];
}

/** The words of the broadcasts that these rows are of, by broadcast. */
export async function readBroadcastWords(on: Queryable, rows: MessageRow[]): Promise<Map<string, BroadcastWords>> {
  const ids = new Set(
    rows.flatMap(({ fields }) => (typeof fields.broadcastId === 'string' ? [fields.broadcastId] : [])),
  );
  if (ids.size === 0) return new Map();
  const sql = 'select id, subject, text, links from broadcasts where id = any($1::text[])';
  const found = await queryRows<BroadcastWords & { id: string }>(on, sql, [...ids]);
  return new Map(found.map(({ id, ...words }) => [id, words]));
}
