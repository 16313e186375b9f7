import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { decisions } from './sections/decisions.ts';
import { ingest } from './sections/ingest.ts';
import { mailboxes } from './sections/mailboxes.ts';
import { memory } from './sections/memory.ts';
import { requests } from './sections/requests.ts';
import { sending } from './sections/sending.ts';
import { slot } from './sections/slot.ts';
import { standards } from './sections/standards.ts';
import { start } from './sections/start.ts';
import { sweeps } from './sections/sweeps.ts';
import { year } from './sections/year.ts';
import { type Figure, table } from './support/figures.ts';
import { endAllScopes } from './support/scope.ts';
import type { Section } from './support/section.ts';

/** Tandem beside bare Temporal on the same servers, in one run; nothing of it is kept. */

const sections: Record<string, Section> = {
  decisions,
  ingest,
  slot,
  mailboxes,
  sending,
  requests,
  sweeps,
  standards,
  memory,
  start,
  year,
};

const usage = `usage: npm run bench -- [--only <section>]... [--quick]

sections: ${Object.keys(sections).join(', ')}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string', multiple: true }, quick: { type: 'boolean', default: false } },
  });
  const wanted = values.only?.flatMap((names) => names.split(',')) ?? Object.keys(sections);
  const unknown = wanted.filter((name) => !sections[name]);
  if (unknown.length > 0) throw new Error(`There is no section ${unknown.join(', ')}\n\n${usage}`);
  const began = performance.now();
  const figures: Figure[] = [];
  let failed = 0;
  for (const name of wanted) {
    const say = (line: string): void => console.error(`${name.padEnd(10)} ${line}`);
    try {
      const found = await (sections[name] as Section)({ quick: values.quick, say });
      figures.push({ what: name.toUpperCase(), tandem: '' }, ...found);
      console.error(`\n${table(found)}\n`);
    } catch (error) {
      failed++;
      console.error(`${name} failed:`, error);
    }
  }
  const minutes = (performance.now() - began) / 60_000;
  console.log(`${cpus().length} cores, Node ${process.version}, ${minutes.toFixed(1)} minutes`);
  console.log(table(figures));
  process.exitCode = failed > 0 ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void endAllScopes().finally(() => process.exit(130));
  });
}

main()
  .catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  })
  .finally(() => process.exit());
