import { spawnSync } from 'node:child_process';

/**
 * `npm run test:faults`, and with `--long` the profile for a machine that has nothing else to do. Other words go to vitest,
 * such as the name of a file.
 */
const words = process.argv.slice(2);
const long = words.includes('--long');
const run = spawnSync(
  process.execPath,
  ['node_modules/vitest/vitest.mjs', 'run', '--project', 'faults', ...words.filter((word) => word !== '--long')],
  { stdio: 'inherit', env: { ...process.env, ...(long ? { TANDEM_FAULTS: 'long' } : {}) } },
);
process.exitCode = run.status ?? 1;
