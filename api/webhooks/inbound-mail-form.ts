import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';

/** What SendGrid posts of a mail: the parts that are asked for, as bytes, and whether they are to be trusted. */
export interface PostedMail {
  /** A part by its name; one that is absent, came several times or was cut off is not there. */
  part(name: string): Buffer | undefined;
  /**
   * Whether the body was read to its end, held each part once and ended with its only closing boundary. Boundaries of
   * SendGrid can be guessed: whoever writes one into a mail adds parts, or hides those that follow.
   */
  whole: boolean;
}

/** A thousand attachments, and more of anything, is no mail that somebody wrote to a mentor. */
const limits = { parts: 1000, fileSize: 1024 * 1024, headerPairs: 20, headerSize: 8 * 1024 };

/**
 * Reads a body as `multipart/form-data`; parts that are not wanted, attachments among them, are skipped unread. Whatever
 * the bytes are, it answers what could be told.
 */
export async function readPostedMail(
  contentType: string | undefined,
  bytes: Buffer,
  wanted: readonly string[],
): Promise<PostedMail> {
  const found = new Map<string, Buffer | null>();
  const complete = await readParts(contentType ?? '', bytes, (name, part) => {
    if (wanted.includes(name)) found.set(name, found.has(name) ? null : part);
  });
  const unclear = [...found.values()].includes(null);
  return { part: (name) => found.get(name) ?? undefined, whole: complete && !unclear && endsOnce(contentType, bytes) };
}

/** Hands over each part, null for one that was cut off; answers whether the end was reached. */
function readParts(
  contentType: string,
  bytes: Buffer,
  take: (name: string, part: Buffer | null) => void,
): Promise<boolean> {
  return new Promise((resolve) => {
    let complete = true;
    const fail = (): void => {
      complete = false;
      resolve(false);
    };
    try {
      const headers = { 'content-type': contentType };
      // Everything is in memory already: a parser that waits for its reader can wait for ever.
      const parser = new Busboy({ headers, limits, isPartAFile: () => true, fileHwm: bytes.length + 1 });
      parser.on('file', (name, stream) => collect(stream, (part) => take(name ?? '', part)));
      parser.once('partsLimit', () => {
        complete = false;
      });
      parser.once('finish', () => resolve(complete));
      parser.on('error', fail);
      parser.end(bytes);
    } catch {
      fail();
    }
  });
}

function collect(stream: Readable & { truncated: boolean }, done: (part: Buffer | null) => void): void {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  stream.once('error', () => done(null));
  stream.once('end', () => done(stream.truncated ? null : Buffer.concat(chunks)));
}

function endsOnce(contentType: string | undefined, bytes: Buffer): boolean {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? '') ?? [];
  const closing = Buffer.from(`--${quoted ?? plain ?? ''}--`);
  const at = bytes.indexOf(closing);
  return (
    at >= 0 &&
    /^\s*$/.test(
      bytes
        .subarray(at + closing.length)
        .toString('latin1')
        .slice(0, 100_000),
    )
  );
}
