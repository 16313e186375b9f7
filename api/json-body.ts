import type { Request, Response } from 'express';
import { jsonErrorOffset } from './json-position.ts';
import { jsonPointer, malformed, Problem } from './problem.ts';
import { readBytes } from './raw-body.ts';

const LIMIT_BYTES = 256 * 1024;
const MAX_DEPTH = 32;

/** A body as it was read: its media type without parameters, and its JSON value or (of a text type) its text. */
export interface RequestBody {
  mediaType: string;
  value: unknown;
}

/**
 * Reads a request's body when its media type is one of `accepted`. JSON is checked to be storable: no NUL character or
 * half character, no `__proto__`, no number beyond the range, at most 32 levels.
 * @returns null when the request has no body
 * @throws {Problem} 400, 413 or 415
 */
export async function readBody(request: Request, response: Response, accepted: string[]): Promise<RequestBody | null> {
  if (!hasBody(request)) return null;
  const mediaType = acceptedType(request, accepted);
  const bytes = await readBytes(request, response, { limitBytes: LIMIT_BYTES, inflate: true });
  if (bytes.length === 0) return null;
  const text = decodeUtf8(bytes);
  const value = isJson(mediaType) ? parseJson(text) : text;
  refuseUnstorable(value);
  return { mediaType, value };
}

function hasBody({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isJson(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json');
}

function acceptedType(request: Request, accepted: string[]): string {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const mediaType = type.trim();
  const charset = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter)?.[1])
    .find(Boolean);
  if (accepted.includes(mediaType) && /^(utf-?8|us-ascii)$/.test(charset ?? 'utf-8')) return mediaType;
  throw new Problem('unsupported-type', `Send ${accepted.join(' or ')} in UTF-8`, {
    headers: { Accept: accepted.join(', ') },
  });
}

function decodeUtf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('The body is not UTF-8');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const position = jsonErrorOffset(text);
    const lines = text.slice(0, position).split('\n');
    const place = `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
    throw malformed(`The body is not JSON: it goes wrong at position ${position} (${place})`, {
      members: { position },
    });
  }
}

/**
 * Refuses what PostgreSQL cannot store or JSON cannot carry, wherever it hides.
 * @throws {Problem} 400 with a pointer to the value
 */
export function refuseUnstorable(value: unknown, path: readonly PropertyKey[] = []): void {
  if (typeof value === 'string') refuseText(value, path);
  if (typeof value === 'number' && !Number.isFinite(value)) throw unstorable(path, 'The number is out of range');
  if (typeof value !== 'object' || value === null) return;
  if (path.length >= MAX_DEPTH) throw unstorable(path, `The body is nested deeper than ${MAX_DEPTH} levels`);
  for (const [key, item] of Object.entries(value)) {
    const inside = [...path, key];
    if (key === '__proto__') throw unstorable(path, 'The name __proto__ is not allowed');
    refuseText(key, path);
    refuseUnstorable(item, inside);
  }
}

function refuseText(text: string, path: readonly PropertyKey[]): void {
  if (text.includes('\0')) throw unstorable(path, 'Text must not contain a NUL character');
  if (/\p{Surrogate}/u.test(text)) throw unstorable(path, 'Text must not contain half of a surrogate pair');
}

function unstorable(path: readonly PropertyKey[], detail: string): Problem {
  return malformed(detail, { errors: [{ pointer: jsonPointer(path), detail }] });
}
