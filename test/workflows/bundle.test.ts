import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { workflowBundle } from '../../worker/bundle.ts';

const limitBytes = 4 * 1024 * 1024;
/** Without its source map, which is not loaded into a workflow. */
const limitCodeBytes = 1.6 * 1024 * 1024;

/** Paths of all modules in the bundle, as they are named in it. */
function modulesIn(code: string): string[] {
  const [, encoded] =
    /sourceMappingURL=data:application\/json;(?:charset=utf-8;)?base64,([A-Za-z0-9+/=]+)/.exec(code) ?? [];
  const map = JSON.parse(Buffer.from(encoded ?? '', 'base64').toString('utf8')) as { sources: string[] };
  return map.sources.map((source) => source.replace(/^webpack:\/\/[^/]*\//, ''));
}

function packagesIn(modules: string[]): Set<string> {
  const names = modules.flatMap((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return new Set(names);
}

const ours = /(?:^|\/)(policy|workflows|activities|worker|api|prisma|templates|runtime|bin)\/[^/]/;

describe('the workflow bundle', async () => {
  const { code } = await workflowBundle();
  const modules = modulesIn(code);

  it('holds Temporal, civil time and nothing else from outside', () => {
    const allowed = ['@temporalio/', 'temporal-polyfill', 'temporal-utils', 'long', 'ms', 'nexus-rpc'];
    const strangers = [...packagesIn(modules)].filter((name) => !allowed.some((prefix) => name.startsWith(prefix)));
    expect(strangers).toEqual([]);
    for (const heavy of ['zod', 'pino', 'express', '@prisma/client', 'liquidjs', 'pg']) {
      expect([...packagesIn(modules)]).not.toContain(heavy);
    }
  });

  it('holds our own policy and workflows, and of no other room a line', () => {
    const own = modules.filter((path) => !/node_modules|^webpack\//.test(path));
    const rooms = new Set(own.flatMap((path) => ours.exec(path)?.[1] ?? []));
    expect([...rooms].sort()).toEqual(['policy', 'workflows']);
  });

  it('asks for no module of Node', () => {
    const asked = [
      ...code.slice(0, code.indexOf('sourceMappingURL')).matchAll(/require\(["'](?:node:)?([^"']+)["']\)/g),
    ];
    const builtin = asked.map(([, name]) => name as string).filter((name) => builtinModules.includes(name));
    expect(builtin).toEqual([]);
  });

  it(`is smaller than ${limitBytes / 1024 / 1024} MB, and its code than ${limitCodeBytes / 1024 / 1024} MB`, () => {
    const codeBytes = code.indexOf('sourceMappingURL');
    console.info(
      JSON.stringify({ bytes: code.length, codeBytes, modules: modules.length, packages: [...packagesIn(modules)] }),
    );
    expect(code.length).toBeLessThan(limitBytes);
    expect(codeBytes).toBeLessThan(limitCodeBytes);
  });

  it('control: the names of modules are really read', () => {
    expect(modules.some((path) => path.endsWith('workflows/pair.ts'))).toBe(true);
    expect(packagesIn(modules)).toContain('@temporalio/workflow');
    expect(packagesIn(['webpack://tandem/./node_modules/zod/v4/index.js'])).toContain('zod');
  });
});
