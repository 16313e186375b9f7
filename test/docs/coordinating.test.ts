import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pairEventNames, personEventNames } from '../../policy/event.ts';
import { sections } from '../../policy/sections/index.ts';
import { templateKeys } from '../../templates/table.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

/** The names in backquotes that stand in the first column of a table. */
function namedFirst(text: string): string[] {
  return [...text.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([\w.-]+)`/g)].map(([, name]) => name as string),
  );
}

test('every message that Tandem can send is told to coordinators, and no other', () => {
  const told = new Set(namedFirst(read('coordinating.md')).filter((name) => name !== 'live'));
  expect([...told].sort()).toEqual([...templateKeys].sort());
});

test('every section of the program document is told to coordinators', () => {
  const text = read('coordinating.md');
  for (const name of Object.keys(sections)) expect(text, name).toContain(`\`${name}`);
});

test('every event that a platform may send is told to integrators, and no other', () => {
  const events = [...pairEventNames, ...personEventNames];
  const table = read('integrating.md').split('## What each event changes')[1]?.split('\n## ')[0] ?? '';
  expect(namedFirst(table).sort()).toEqual([...events].sort());
});
