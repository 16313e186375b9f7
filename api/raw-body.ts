import { type Request, type RequestHandler, type Response, raw } from 'express';
import { malformed, Problem } from './problem.ts';

const readers = new Map<string, RequestHandler>();

function readerOf(limitBytes: number, inflate: boolean): RequestHandler {
  const name = `${limitBytes}/${inflate}`;
  const reader = readers.get(name) ?? raw({ type: () => true, limit: limitBytes, inflate });
  readers.set(name, reader);
  return reader;
}

/**
 * The bytes of a request's body; none where it has no body.
 * @param inflate whether a compressed body is unpacked; without it one is refused
 * @throws {Problem} 400 for a body that was not received whole, 413 or 415
 */
export function readBytes(
  request: Request,
  response: Response,
  { limitBytes, inflate }: { limitBytes: number; inflate: boolean },
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readerOf(limitBytes, inflate)(request, response, (error?: unknown) => {
      if (error) reject(bodyProblem(error, limitBytes, inflate));
      else resolve(Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    });
  });
}

function bodyProblem(error: unknown, limitBytes: number, inflate: boolean): Problem {
  const { status } = error as { status?: number };
  if (status === 413) return new Problem('too-large', `A body has at most ${limitBytes / 1024} kB`);
  if (status === 415) {
    const known = inflate
      ? 'The content encoding is none of gzip, deflate, br, identity'
      : 'Send the body uncompressed';
    return new Problem('unsupported-type', known);
  }
  return malformed('The body was not received whole, or its compression is damaged');
}
