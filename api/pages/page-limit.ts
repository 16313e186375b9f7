import { MemoryStore } from 'express-rate-limit';
import { Problem } from '../problem.ts';

const MINUTE_MS = 60_000;
const PER_MINUTE = 60;

/**
 * Counts what is asked for under one link: as links are signed, only who has one can ask at all. Not by address, since a
 * mail provider unsubscribes many people from a few of its own.
 * @throws {Problem} 429 past 60 a minute
 */
export function createPageLimit(): (subject: string) => Promise<void> {
  const hits = new MemoryStore();
  hits.init({ windowMs: MINUTE_MS } as Parameters<MemoryStore['init']>[0]);
  return async (subject) => {
    const { totalHits, resetTime } = await hits.increment(subject);
    if (totalHits <= PER_MINUTE) return;
    const seconds = Math.max(1, Math.ceil(((resetTime?.getTime() ?? 0) - Date.now()) / 1000));
    const headers = { 'Retry-After': String(seconds) };
    throw new Problem('too-many-requests', 'This page was asked for too often: wait a minute', { headers });
  };
}
