import { defineConfig } from 'vitest/config';

// What needs no server runs without one being started.
const pure = [
  'test/policy/**/*.test.ts',
  'test/simulate/**/*.test.ts',
  'test/activities/rendering/**/*.test.ts',
  'test/runtime/provider-fake*.test.ts',
  'test/faults/chaos-proxy.test.ts',
  'test/faults/checker.test.ts',
  'test/architecture.test.ts',
];

const globalSetup = ['test/support/global-setup.ts'];

const setupFiles = ['test/support/seed-of-the-day.ts'];

const common = { pool: 'forks', testTimeout: 60_000, hookTimeout: 120_000, setupFiles } as const;

// A machine that is busy with others outlasts a time-out now and then: what fails twice fails.
const onServers = { ...common, testTimeout: 120_000, globalSetup, retry: 1 } as const;

export default defineConfig({
  test: {
    // Most tests wait for a server: two at a time keep two cores busy.
    maxWorkers: 2,
    projects: [
      { test: { ...common, name: 'pure', include: pure } },
      {
        test: {
          ...onServers,
          name: 'servers',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, 'test/faults/**'],
        },
      },
      // Kills and outages on servers of their own: one file after the other, so that no load but theirs is measured.
      {
        test: {
          ...onServers,
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          exclude: pure,
          fileParallelism: false,
        },
      },
    ],
  },
});
