/** What may be written about an error without quoting anybody's data. */
export interface ErrorDescription {
  type: string;
  code?: string | number;
  message?: string;
  stack: string[];
  cause?: ErrorDescription;
}

const MAX_CAUSES = 5;

/**
 * Describes an error for logs: name, code, stack frames and causes, no enumerable payload. The message is kept only of
 * errors made by our own code and of system calls, because a library's message may quote what it was given: rows,
 * addresses, request bodies.
 */
export function describeError(error: Error, depth = 0): ErrorDescription {
  const frames = stackFrames(error);
  const { code, syscall, cause } = error as Error & { code?: unknown; syscall?: unknown };
  const mayQuote = typeof syscall === 'string' || isOurs(frames);
  return {
    type: error.name,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(mayQuote && { message: error.message }),
    stack: frames,
    ...(cause instanceof Error && depth < MAX_CAUSES && { cause: describeError(cause, depth + 1) }),
  };
}

function stackFrames(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at .*(:\d+:\d+|native|<anonymous>)\)?$/.test(line))
    .map((line) => line.trim());
}

function isOurs(frames: readonly string[]): boolean {
  const origin = frames[0];
  return origin !== undefined && /:\d+:\d+\)?$/.test(origin) && !/node_modules|node:/.test(origin);
}
