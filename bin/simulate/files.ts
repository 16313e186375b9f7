import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { jsonErrorOffset } from '../../api/json-position.ts';
import type { EventInput, SimulationInput } from '../../policy/simulate/documents.ts';
import { faultAt, type Placed } from './fault.ts';
import { lineAt } from './position.ts';
import { unknownReferences } from './references.ts';
import { calendarFile, eventLine, peopleFile, programFile } from './schemas.ts';

/** What is wrong with a simulation's files: one line per fault, `file:line pointer: what is wrong`. */
export class FileFaults extends Error {
  override name = 'FileFaults';
}

export interface SimulationPaths {
  program: string;
  people: string;
  calendar: string;
  events: string;
}

/**
 * Reads the four files as they are written, and checks them.
 *
 * @throws {FileFaults} that names every fault
 */
export function readSimulationFiles(paths: SimulationPaths): SimulationInput {
  const faults: string[] = [];
  const program = readDocument<SimulationInput['program']>(paths.program, programFile, faults);
  const people = readDocument<SimulationInput['people']>(paths.people, peopleFile, faults);
  const classes = readDocument<SimulationInput['classes']>(paths.calendar, calendarFile, faults);
  const events = readLines(paths.events, faults);
  if (faults.length > 0 || !program || !people || !classes) throw new FileFaults(faults.join('\n'));
  const unknown = unknownReferences({ program, people, classes, events });
  if (unknown.length > 0) throw new FileFaults(unknown.join('\n'));
  return {
    program: program.value,
    people: people.value,
    classes: classes.value,
    events: events.map(({ value }) => value),
  };
}

function readText(file: string, faults: string[]): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    faults.push(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`);
    return null;
  }
}

function readDocument<T>(file: string, schema: z.ZodType, faults: string[]): Placed<T> | null {
  const text = readText(file, faults);
  return text === null ? null : parsed<T>({ value: null, file, text, before: 0 }, schema, faults);
}

/** The value as it is written, not as the schema reads it: dates stay text until they were moved. */
function parsed<T>(place: Placed<unknown>, schema: z.ZodType, faults: string[]): Placed<T> | null {
  const { file, text, before } = place;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    faults.push(`${file}:${before + lineAt(text, jsonErrorOffset(text))} is not JSON`);
    return null;
  }
  const issues = schema.safeParse(value).error?.issues ?? [];
  for (const { path, message } of issues) faults.push(faultAt({ ...place, value }, path, message));
  return issues.length > 0 ? null : { ...place, value: value as T };
}

function readLines(file: string, faults: string[]): Array<Placed<EventInput>> {
  const events: Array<Placed<EventInput>> = [];
  const lines = (readText(file, faults) ?? '').split('\n');
  for (const [before, text] of lines.entries()) {
    const event =
      text.trim() === '' ? null : parsed<EventInput>({ value: null, file, text, before }, eventLine, faults);
    if (event) events.push(event);
  }
  if (events.length === 0 && faults.length === 0) faults.push(`${file}: holds no event`);
  return events;
}
