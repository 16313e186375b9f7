import { readSimulationFiles } from '../../bin/simulate/files.ts';
import type { EventInput, SimulationInput } from '../../policy/simulate/documents.ts';
import { type SimulationOptions, type SimulationResult, simulate } from '../../policy/simulate.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';

const directory = new URL('../../examples/iowa-city/', import.meta.url).pathname;

export const paths = {
  program: `${directory}program.json`,
  people: `${directory}people.json`,
  calendar: `${directory}calendar.json`,
  events: `${directory}events.ndjson`,
};

/** The example as its files say it. */
export const iowaCity: SimulationInput = readSimulationFiles(paths);

export function simulated(input: SimulationInput, options: Partial<SimulationOptions> = {}): SimulationResult {
  return simulate(input, { classify: (template, variant) => classify(template as TemplateKey, variant), ...options });
}

/** Lines of a timeline that hold a text, with single spaces between columns. */
export function linesOf({ timeline }: Pick<SimulationResult, 'timeline'>, text: string): string[] {
  const lines = timeline.split('\n').filter((line) => line.includes(text));
  return lines.map((line) => line.replaceAll('\t', ' '));
}

/** An event of a test, accepted as it occurs unless `received` says later. */
export function event(type: string, subject: string, time: string, data: object = {}, received?: string): EventInput {
  const id = `${type}-${subject}-${time}`;
  const base = { id, source: 'https://platform.example.org', type: `tandem.${type}`, subject, time, data: { ...data } };
  return received ? { ...base, receivedat: received } : base;
}
