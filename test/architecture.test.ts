import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const rooms = ['policy', 'workflows', 'activities', 'worker', 'api', 'prisma', 'templates', 'runtime', 'bin', 'bench'];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

function filesIn(room: string): string[] {
  return readdirSync(join(root, room), { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(room, name));
}

/** Imports of one source text; a statement that brings types alone is erased and binds nothing at run time. */
function importsOf(file: string, text: string): Import[] {
  const pattern = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|import\('([^']+)'\)/gm;
  return [...text.matchAll(pattern)].map(([, type, fixed, dynamic]) => {
    const to = (fixed ?? dynamic) as string;
    const path = to.startsWith('.') ? relative(root, resolve(root, dirname(file), to)) : to;
    return { from: file, to: path, typeOnly: type !== undefined };
  });
}

const roomOf = (path: string): string => path.split('/')[0] as string;

/** What each room may import of the others; `types` stands for imports that are erased. */
const allowed: Record<string, { rooms: string[]; types?: string[]; packages?: RegExp }> = {
  policy: { rooms: ['policy'], packages: /^temporal-polyfill$/ },
  workflows: { rooms: ['workflows', 'policy'], types: ['activities'], packages: /^@temporalio\/workflow$/ },
  templates: { rooms: ['templates'], types: ['policy'], packages: /^$/ },
  prisma: { rooms: ['prisma', 'policy', 'generated'] },
  runtime: { rooms: ['runtime', 'prisma', 'policy'] },
  activities: { rooms: ['activities', 'policy', 'prisma', 'templates', 'runtime'] },
  api: { rooms: ['api', 'policy', 'workflows', 'prisma', 'templates', 'runtime', 'activities'] },
  worker: { rooms: ['worker', 'activities', 'policy', 'prisma', 'runtime', 'templates', 'workflows'] },
};

/** Workflow ids and message names are all that other rooms may bind of `workflows`. */
const namesOfWorkflows = ['workflows/ids.ts', 'workflows/messages.ts'];

function faultOf({ from, to, typeOnly }: Import): string | null {
  const room = roomOf(from);
  const rule = allowed[room];
  if (!rule) return null;
  const isFile = rooms.includes(roomOf(to)) || roomOf(to) === 'generated';
  const fault = `${from} imports ${to}`;
  if (!isFile) return rule.packages && !rule.packages.test(to) ? fault : null;
  if (to.startsWith('generated/') && room !== 'prisma') return fault;
  if (roomOf(to) === 'workflows' && room !== 'workflows') return namesOfWorkflows.includes(to) ? null : fault;
  if (rule.rooms.includes(roomOf(to))) return null;
  return typeOnly && rule.types?.includes(roomOf(to)) ? null : fault;
}

const faultsIn = (imports: Import[]): string[] => imports.flatMap((item) => faultOf(item) ?? []);

describe('architecture', () => {
  const imports = rooms.flatMap((room) =>
    filesIn(room).flatMap((file) => importsOf(file, readFileSync(join(root, file), 'utf8'))),
  );

  test('every room imports only what the dependency rule allows', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(faultsIn(imports)).toEqual([]);
  });

  test('only the civil-time wrapper touches the civil-time library', () => {
    const users = imports.filter((item) => item.to === 'temporal-polyfill').map((item) => item.from);
    expect(users).toEqual(['policy/time.ts']);
  });

  test('nothing but the commands and benchmarks imports the composition root', () => {
    const users = imports.filter((item) => roomOf(item.to) === 'worker').map((item) => roomOf(item.from));
    expect(new Set(users)).toEqual(new Set(users.filter((room) => ['worker', 'bin', 'bench'].includes(room))));
  });

  test('tracks never import each other', () => {
    const between = imports.filter(
      (item) => item.from.startsWith('policy/pair/tracks/') && item.to.startsWith('policy/pair/tracks/'),
    );
    expect(between.map((item) => item.from)).toEqual(
      between.map((item) => item.from).filter((file) => file === 'policy/pair/tracks/index.ts'),
    );
  });

  test('settings are read from the environment in one place', () => {
    const readers = rooms
      .flatMap(filesIn)
      .filter((file) => /process\.env\b/.test(readFileSync(join(root, file), 'utf8')));
    const known = /^(bin|bench|runtime\/local)\/|^runtime\/settings\.ts$/;
    expect(readers.filter((file) => !known.test(file))).toEqual([]);
  });

  test('decisions know no clock, no chance and no input', () => {
    const impure = /\bDate\.now\(|\bnew Date\(\)|Math\.random\(|\bfetch\(|process\./;
    const faults = filesIn('policy').filter((file) => impure.test(readFileSync(join(root, file), 'utf8')));
    expect(faults).toEqual([]);
  });

  test('instants of rules never come from the clock of the database', () => {
    const sql = readFileSync(join(root, 'prisma/migrations/0001_initial/migration.sql'), 'utf8');
    expect(sql).not.toMatch(/now\(\)|current_timestamp/i);
    expect(readFileSync(join(root, 'prisma/schema.prisma'), 'utf8')).not.toMatch(/@default\(now\(\)\)/);
  });

  test('the check finds a forbidden import when there is one', () => {
    const planted = [
      ...importsOf('policy/pair/decide.ts', "import { openDatabase } from '../../prisma/database.ts';"),
      ...importsOf('workflows/pair.ts', "import { createSayActivities } from '../activities/say.ts';"),
      ...importsOf('workflows/pair.ts', "import type { SayInput } from '../activities/say.ts';"),
      ...importsOf('activities/say.ts', "import { createApp } from '../api/app.ts';"),
      ...importsOf('activities/say.ts', "import { pairWorkflow } from '../workflows/pair.ts';"),
      ...importsOf('api/app.ts', "import { startWorker } from '../worker/worker.ts';"),
    ];
    expect(faultsIn(planted)).toHaveLength(5);
  });
});
