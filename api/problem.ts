/** One fault of a request: where (a JSON pointer into the body, or `/query/x`, `/path/x`, `/header/x`) and what. */
export interface Fault {
  pointer: string;
  detail: string;
}

const kinds = {
  malformed: { status: 400, title: 'The request cannot be read' },
  unauthenticated: { status: 401, title: 'A valid key is needed' },
  signature: { status: 403, title: 'The signature is missing or not valid' },
  forbidden: { status: 403, title: 'The key does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  'method-not-allowed': { status: 405, title: 'This method is not offered here' },
  conflict: { status: 409, title: 'The request does not fit the present state' },
  'too-large': { status: 413, title: 'The body is too large' },
  'unsupported-type': { status: 415, title: 'The content type is not supported here' },
  validation: { status: 422, title: 'The request is not valid' },
  refused: { status: 422, title: 'The request cannot be carried out' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something failed on our side' },
  unavailable: { status: 503, title: 'Not available at present' },
} as const;

export type ProblemKind = keyof typeof kinds;

export interface ProblemOptions {
  /** Stable code for programs, such as `pending_limit`. */
  code?: string;
  errors?: Fault[];
  headers?: Record<string, string>;
  /** Further members of the document, such as `openRequestIds`; they never replace the standard ones. */
  members?: Record<string, unknown>;
  cause?: unknown;
}

/** A refusal as RFC 9457 describes it (E6); throw it anywhere below a route's handler. */
export class Problem extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  /** The document as it goes out, with content type `application/problem+json`. */
  readonly document: ProblemDocument;

  constructor(kind: ProblemKind, detail: string, { code, errors, headers, members, cause }: ProblemOptions = {}) {
    super(detail, { cause });
    this.name = 'Problem';
    const { status, title } = kinds[kind];
    this.status = status;
    this.headers = headers ?? {};
    const optional = { ...(code && { code }), ...(errors && { errors }) };
    this.document = { ...members, type: `urn:tandem:problem:${kind}`, title, status, detail, ...optional };
  }
}

export interface ProblemDocument {
  type: string;
  title: string;
  status: number;
  detail: string;
  code?: string;
  errors?: Fault[];
  [member: string]: unknown;
}

/** 400: the request cannot be read at all. */
export const malformed = (detail: string, options?: ProblemOptions) => new Problem('malformed', detail, options);

/** 404, also for what the key may not see. */
export const notFound = (detail = 'Nothing is found at this address') => new Problem('not-found', detail);

/** 403: the key is good, but not for this. */
export const forbidden = (detail: string) => new Problem('forbidden', detail, { code: 'forbidden' });

/** 409 with a code, and members that help the caller on. */
export const conflict = (code: string, detail: string, members?: Record<string, unknown>) =>
  new Problem('conflict', detail, { code, members });

/** 422 with a code: the request is well formed, and a rule forbids it. */
export const refused = (code: string, detail: string, members?: Record<string, unknown>) =>
  new Problem('refused', detail, { code, members });

/** 422 naming each fault. */
export function invalid(errors: Fault[]): Problem {
  const detail = errors.length === 1 ? 'One field is not valid' : `${errors.length} fields are not valid`;
  return new Problem('validation', detail, { code: 'validation', errors });
}

/** 503 with the seconds after which to try again. */
export const unavailable = (detail: string, retryAfterSeconds = 1, members?: Record<string, unknown>) =>
  new Problem('unavailable', detail, { headers: { 'Retry-After': String(retryAfterSeconds) }, members });

/** JSON pointer (RFC 6901) of a path of names and indexes. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
