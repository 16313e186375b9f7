import { type DestinationStream, destination as fileDestination, type Logger, type LoggerOptions, pino } from 'pino';
import { describeError } from './error-description.ts';

const REDACTED = '[redacted]';
const MAX_DEPTH = 4;
const PERSONAL = [
  'answers',
  'apiKey',
  'authorization',
  'body',
  'comment',
  'cookie',
  'email',
  'html',
  'moodText',
  'name',
  'note',
  'notes',
  'password',
  'phone',
  'secret',
  'subject',
  'text',
  'token',
];
// The free text of a request is a `message` too, but so is an error's, which pino's own paths could not tell apart.
const PERSONAL_LOWERCASE = new Set([...PERSONAL, 'message'].map((key) => key.toLowerCase()));

/**
 * Makes a logger that writes JSON lines to standard error, or to `destination`. Values under keys that may hold
 * personal data or secrets are redacted at any depth, and of errors only type, code, own message and stack are written.
 * `name` says which part of the program speaks (`component` in the line).
 */
export function createLogger({ name, destination }: { name: string; destination?: DestinationStream }): Logger {
  const options: LoggerOptions = {
    base: { component: name },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: (fields) => redact(fields, 0) as Record<string, unknown> },
    // What `formatters.log` returns is plain already; pino's own serializer would copy the enumerable properties.
    serializers: { err: (described) => described },
    // Covers the bindings of child loggers, which `formatters.log` does not see.
    redact: { paths: PERSONAL.flatMap((key) => [key, `*.${key}`]), censor: REDACTED },
    hooks: {
      logMethod(args, method) {
        const [first, ...rest] = args as unknown[];
        if (!(first instanceof Error)) return method.apply(this, args);
        const message = rest.length > 0 ? rest : [describeError(first).message ?? describeError(first).type];
        return method.apply(this, [{ err: first }, ...message] as unknown as typeof args);
      },
    },
  };
  return pino(options, destination ?? fileDestination({ dest: 2, sync: true }));
}

function redact(value: unknown, depth: number): unknown {
  if (value instanceof Error) return describeError(value);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  if (depth >= MAX_DEPTH || ArrayBuffer.isView(value)) return REDACTED;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      PERSONAL_LOWERCASE.has(key.toLowerCase()) ? REDACTED : redact(item, depth + 1),
    ]),
  );
}
