import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const session = /## Ten lines[\s\S]*?```bash\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';

let rehearsal: Rehearsed;

beforeAll(async () => {
  rehearsal = await startRehearsed();
});

afterAll(() => rehearsal?.stop());

function run(script: string): Promise<{ stdout: string }> {
  const env = { ...process.env, URL: rehearsal.url, KEY: rehearsal.key };
  return promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], { env });
}

test('the ten lines of the README make a program, people, a class and a pair, send an event and read plan and ledger', async () => {
  expect(session.trim().split('\n')).toHaveLength(10);
  const { stdout } = await run(session);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(answers).toHaveLength(9);
  const [, , , program, , pair, event, plan, ledger] = answers;
  expect(program).toMatchObject({ id: 'school', version: 1 });
  expect(pair).toMatchObject({ id: 'pair_1', state: 'active' });
  expect(event).toMatchObject({ id: 'evt_1', state: 'applied' });
  expect(plan.items.map((step: { template: string }) => step.template)).toContain('class-reminder');
  expect(ledger).toEqual({ items: [], next: null });
});

test('a line of the session that is refused fails the session', async () => {
  await expect(run(session.replace('"zone": "America/New_York"', '"zone": "Nowhere/Else"'))).rejects.toThrow();
});
