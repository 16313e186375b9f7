import type { z } from 'zod';
import type { Scope } from '../prisma/store/keys.ts';
import type { RequestKey } from './authentication.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Schemas by media type, for what is not plain JSON. */
export type ByMediaType = Readonly<Record<string, z.ZodType>>;

/** What a status carries: nothing, a JSON document, or one of several media types. */
export type Answer = null | z.ZodType | ByMediaType;
export type Answers = Readonly<Record<number, Answer>>;

type IsFree<T> = string extends keyof T ? (unknown extends T[keyof T] ? true : false) : false;

/** What a handler may answer: read-only values too, and any object where the schema leaves the names free. */
type Readable<T> = T extends readonly (infer U)[]
  ? readonly Readable<U>[]
  : T extends object
    ? IsFree<T> extends true
      ? object
      : { readonly [K in keyof T]: Readable<T[K]> }
    : T;

type BodyOf<A> = A extends z.ZodType
  ? Readable<z.input<A>>
  : A extends ByMediaType
    ? Readable<z.input<A[keyof A]>> | AsyncIterable<string>
    : undefined;

/** What a handler answers; `type` is the media type of a body that is a text, whole or part by part. */
export type Reply<R extends Answers> = {
  [S in keyof R & number]: { status: S; headers?: Record<string, string> } & (R[S] extends null
    ? { body?: undefined }
    : { body: BodyOf<R[S]>; type?: string });
}[keyof R & number];

/** What a handler gets: every part checked, with defaults filled in. */
export interface RouteRequest<P, Q, H, B, K> {
  params: P;
  query: Q;
  /** The headers that the route declares, by lower-case name. */
  headers: H;
  body: B;
  /** Media type of the body without parameters; empty without one. */
  mediaType: string;
  /** The caller's key; null on a route that needs none. */
  key: K;
  /** Value of `Idempotency-Key`, on a route that takes it. */
  idempotencyKey?: string | undefined;
}

type Output<S, Else> = S extends z.ZodType ? z.output<S> : Else;

export interface RouteDefinition<
  S extends Scope | null,
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  H extends z.ZodObject | undefined,
  B extends z.ZodType | undefined,
  O extends ByMediaType | undefined,
  R extends Answers,
  A extends Reply<R>,
> {
  method: Method;
  /** Template such as `/v1/pairs/{id}:pause`; a parameter is any text without `/` and `:`. */
  path: string;
  operationId: string;
  summary: string;
  description?: string;
  tag: string;
  /** The scope that the key must have; null for a route open to everybody. */
  scope: S;
  /** Whether the route takes `Idempotency-Key`. */
  idempotent?: boolean;
  params?: P;
  query?: Q;
  headers?: H;
  /** Schema of the JSON body. */
  body?: B;
  /** Media types of `body`; `application/json` unless told. */
  bodyTypes?: readonly string[];
  /** Bodies of other media types by their own schemas; those that are not JSON are checked as text. */
  otherBodies?: O;
  responses: R;
  handler(
    request: RouteRequest<
      Output<P, Record<never, never>>,
      Output<Q, Record<never, never>>,
      Output<H, Record<never, never>>,
      Output<B, undefined> | (O extends ByMediaType ? z.output<O[keyof O]> : never),
      S extends null ? null : RequestKey
    >,
  ): Promise<A>;
}

/** A route as the application and the OpenAPI document read it. */
export interface Route {
  method: Method;
  path: string;
  operationId: string;
  summary: string;
  description?: string;
  tag: string;
  scope: Scope | null;
  idempotent: boolean;
  params?: z.ZodObject;
  query?: z.ZodObject;
  headers?: z.ZodObject;
  /** Schemas of the body by media type; empty when the route takes none. */
  bodies: ByMediaType;
  responses: Answers;
  /** Limit in bytes of a body that the handler gets as a `RawRequest`, read before anything parses it. */
  rawLimitBytes?: number;
  handler(request: RouteRequest<never, never, never, never, never>): Promise<PlainReply>;
}

/** A request as it came, for what is signed over its bytes. */
export interface RawRequest {
  bytes: Buffer;
  /** Path and query as they were asked for. */
  target: string;
  header(name: string): string | undefined;
}

export interface PlainReply {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  type?: string;
}

/** Declares a route once: the Express handler and the OpenAPI document are both made from it. */
export function route<
  const S extends Scope | null,
  const R extends Answers,
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  H extends z.ZodObject | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
  O extends ByMediaType | undefined = undefined,
  const A extends Reply<R> = Reply<R>,
>(definition: RouteDefinition<S, P, Q, H, B, O, R, A>): Route {
  const { body, bodyTypes = ['application/json'], otherBodies, idempotent = false, ...rest } = definition;
  const bodies = { ...(body && Object.fromEntries(bodyTypes.map((type) => [type, body]))), ...otherBodies };
  return { ...rest, idempotent, bodies } as Route;
}

/** Whether an answer is one schema, for JSON. */
export function isSchema(answer: Answer): answer is z.ZodType {
  return answer !== null && '_zod' in answer;
}

/**
 * The pattern of a path template. A parameter stops at a colon, so that `/v1/pairs/{id}` is no match for
 * `/v1/pairs/7:pause`.
 */
export function pathPattern(template: string): RegExp {
  const parts = template.split(/\{(\w+)\}/);
  const source = parts.map((part, index) => (index % 2 === 1 ? `(?<${part}>[^/:]+)` : escapeRegExp(part)));
  return new RegExp(`^${source.join('')}$`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
