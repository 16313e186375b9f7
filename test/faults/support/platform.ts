import { type Database, queryRows } from '../../../prisma/database.ts';
import { programId } from './seeds.ts';

/** The platform that sends events, and what became of them. */

/** A lesson that a mentor completed just now, as a CloudEvent. */
export function lesson(id: string, pairId: string): Record<string, unknown> {
  const time = new Date().toISOString();
  const event = { specversion: '1.0', id, source: 'https://platform.example.org', type: 'tandem.lesson.completed' };
  return { ...event, subject: pairId, time, data: { by: 'mentor' } };
}

/** Status of the answer to an event, 0 when there was none. */
export async function post(api: { url: string; key: string }, event: Record<string, unknown>): Promise<number> {
  const headers = { authorization: `Bearer ${api.key}`, 'content-type': 'application/cloudevents+json' };
  const request = { method: 'POST', headers, body: JSON.stringify(event), signal: AbortSignal.timeout(10_000) };
  try {
    const response = await fetch(`${api.url}/v1/events`, request);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}

export interface JournalEntry {
  eventId: string;
  pairId: string;
  state: string;
  ref: string;
  seq: number;
  order: number | null;
}

/** The platform's entries on the journal. */
export async function journalOf(database: Database): Promise<JournalEntry[]> {
  const sql = `
    select event_id as "eventId", pair_id as "pairId", state, ref, seq::int, applied_order as "order" from journal
    where program_id = $1 and source <> 'tandem' order by seq`;
  return queryRows<JournalEntry>(database, sql, programId);
}
