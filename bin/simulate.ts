import { parseArgs } from 'node:util';
import { programIdOf, type SimulationInput } from '../policy/simulate/documents.ts';
import type { SimulationResult } from '../policy/simulate.ts';
import { DAY, type Instant, toRfc3339 } from '../policy/time.ts';
import { FileFaults, readSimulationFiles } from './simulate/files.ts';
import { run } from './simulate/run.ts';

const usage = `Usage: npm run simulate -- <program> <people> <calendar> <events> [--start <instant>] [--until <instant>]

Runs the decisions of a program over a stream of events on a virtual clock, and prints every message that
comes of it: local minute, person, channel, template, variant, state, reason.

  --start  moves everything by whole weeks, so that the first event lies at this instant or within the week after
  --until  stops there, on the dates of the files; 14 days after the last event where it is left out
`;

function instantOption(name: string, text: string | undefined): Instant | null {
  if (text === undefined) return null;
  const at = Date.parse(text);
  if (!/T.*(Z|[+-]\d{2}:\d{2})$/.test(text) || Number.isNaN(at)) {
    throw new FileFaults(`--${name}: an instant is RFC 3339 with offset, such as 2026-08-24T09:00:00-05:00`);
  }
  return at;
}

function summary(input: SimulationInput, result: SimulationResult, seconds: number): string {
  const count = (state: string): number => result.messages.filter((message) => message.state === state).length;
  const open = result.cases.filter((item) => item.state === 'open').length;
  const years = (result.pairs.length * (result.until - result.from)) / (365 * DAY);
  return [
    `${programIdOf(input)}: ${result.pairs.length} pairs from ${toRfc3339(result.from)} to ${toRfc3339(result.until)}`,
    `${count('sent')} messages sent, ${count('skipped')} not; ${result.cases.length} cases, ${open} of them open`,
    `${seconds.toFixed(2)} s, ${Math.round(years / seconds)} pair-years per second`,
  ].join('\n');
}

function main(): void {
  const options = { start: { type: 'string' }, until: { type: 'string' }, help: { type: 'boolean' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [program, people, calendar, events, ...rest] = positionals;
  if (values.help) return void process.stdout.write(usage);
  if (!program || !people || !calendar || !events || rest.length > 0) throw new FileFaults(usage);
  const input = readSimulationFiles({ program, people, calendar, events });
  const began = performance.now();
  const result = run(input, {
    start: instantOption('start', values.start),
    until: instantOption('until', values.until),
  });
  process.stdout.write(result.timeline);
  process.stderr.write(`${summary(input, result, (performance.now() - began) / 1000)}\n`);
}

try {
  main();
} catch (error) {
  if (!(error instanceof FileFaults) && !(error instanceof TypeError && 'code' in error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
