import type { Fault } from './problem.ts';
import { type CloudEvent, cloudEvent } from './schemas/event.ts';
import { type Checked, check } from './validation.ts';

/** CloudEvents in HTTP's binary mode: the attributes are `ce-` headers, the body is the data. */

const attributes = ['specversion', 'id', 'source', 'type', 'subject', 'time'] as const;

type Headers = Readonly<Record<string, string | undefined>>;

export function isBinary(headers: Headers): boolean {
  return headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined || headers['ce-type'] !== undefined;
}

/** The event of headers and body; faults point to the header, or into the body. */
export function binaryEvent(headers: Headers, data: unknown): Checked<CloudEvent> {
  const given = attributes.map((name) => [name, decoded(headers[`ce-${name}`])] as const);
  const checked = check(cloudEvent, { ...Object.fromEntries(given), data });
  if (checked.ok) return { ok: true, value: checked.value as CloudEvent };
  return { ok: false, faults: checked.faults.map(replaced) };
}

/** Header values are percent-encoded UTF-8; what is no such code stands for itself. */
function decoded(value: string | undefined): string | undefined {
  if (value === undefined || !/%[0-9A-Fa-f]{2}/.test(value)) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function replaced({ pointer, detail }: Fault): Fault {
  const inData = /^\/data(\/.*)?$/s.exec(pointer);
  return { pointer: inData ? (inData[1] ?? '') : `/header/ce-${pointer.slice(1)}`, detail };
}
