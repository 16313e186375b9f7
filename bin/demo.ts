import { cohortDemo } from './demo/cohort/cohort.ts';
import { termDemo } from './demo/term.ts';

/** What Tandem does on real input, told as it happens: `term` (the default) or `cohort`. */

const demos: Record<string, () => Promise<void>> = { term: termDemo, cohort: cohortDemo };

async function main(): Promise<void> {
  const [name = 'term'] = process.argv.slice(2);
  const demo = demos[name];
  if (!demo) throw new Error(`there is no demo "${name}": give one of ${Object.keys(demos).join(', ')}`);
  await demo();
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : 'the demo failed');
    process.exit(1);
  },
);
