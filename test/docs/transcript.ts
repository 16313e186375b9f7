import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Instant } from '../../policy/time.ts';
import type { Rehearsed } from '../support/rehearsed.ts';

/** What rehearsals told, as documents that are written by and checked against the rehearsal itself. */

/** What happened at an instant, as lines of a document. */
export interface Told {
  at: Instant;
  lines: string[];
}

export interface ToldMessage {
  to: string;
  role: string;
  channel: string;
  template: string;
  variant: string | null;
  state: string;
  reason: string | null;
  sentAt: string | null;
  plannedFor: string;
  subject: string | null;
  body: string | null;
  policyVersion: number;
  because: { rule: string; facts: string[] };
}

/** Every message of a program, with its words. */
export async function messagesOf(world: Rehearsed, programId: string): Promise<ToldMessage[]> {
  return listed<ToldMessage>(world, `/v1/messages?programId=${programId}&limit=200`);
}

/** All items of a list, page after page. */
export async function listed<T>(world: Rehearsed, path: string): Promise<T[]> {
  const items: T[] = [];
  for (let cursor = ''; ; ) {
    const page = (await world.call('GET', `${path}${cursor}`)) as { items: T[]; next: string | null };
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}

export const momentOf = ({ sentAt, plannedFor }: ToldMessage): Instant => Date.parse(sentAt ?? plannedFor);

/** The words of a message as a quotation; signed links, which differ each time, are shown by their form. */
export function quoted({ subject, body }: ToldMessage): string[] {
  const words = (body ?? '').replace(/http:\/\/127\.0\.0\.1:\d+(\/\w+)\/[\w.-]+/g, 'https://tandem.example.org$1/…');
  return [...(subject ? [`> **${subject}**`, '>'] : []), ...words.split('\n').map((line) => `> ${line}`.trimEnd())];
}

/** In order of time, and what happens at one instant in order of its words. */
export function inOrder(told: Told[]): Told[] {
  return [...told].sort((a, b) => a.at - b.at || (a.lines[0] ?? '').localeCompare(b.lines[0] ?? ''));
}

/** The document in docs is what the rehearsal told; with WRITE_TRANSCRIPT it is written instead. */
export async function expectDocument(name: string, story: string): Promise<void> {
  const path = fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
  if (process.env.WRITE_TRANSCRIPT) await writeFile(path, story);
  expect(await readFile(path, 'utf8')).toBe(story);
}
