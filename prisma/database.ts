import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '../generated/prisma/client.ts';

const STATEMENT_TIMEOUT_MS = 15_000;
const LOCK_TIMEOUT_MS = 5_000;
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_MAX_CONNECTIONS = 10;

const FORCED_SETTINGS = [
  'timezone=UTC',
  `statement_timeout=${STATEMENT_TIMEOUT_MS}`,
  `lock_timeout=${LOCK_TIMEOUT_MS}`,
  `idle_in_transaction_session_timeout=${IDLE_IN_TRANSACTION_TIMEOUT_MS}`,
];

/** The database: a Prisma client on its own pool of connections. */
export type Database = PrismaClient & {
  /** Ends the pool once its statements have ended. */
  close(): Promise<void>;
};

/** The client inside an interactive transaction. */
export type Transaction = Prisma.TransactionClient;

/** A database or a transaction: whatever statements can be given to. */
export type Queryable = Transaction;

export interface DatabaseOptions {
  /** What the server shows of these connections. */
  applicationName: string;
  /** Connections at most; 10 unless told. */
  maxConnections?: number;
}

/**
 * Makes a database client; the first connection is opened by the first statement. Every connection runs in UTC with a
 * statement timeout of 15 s, a lock timeout of 5 s and an idle-in-transaction timeout of 15 s, whatever the URL or the
 * server's configuration say. Waiting for a connection ends after 10 s.
 * @param url connection URL of a PostgreSQL database
 */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const { connectionString, options: asked } = withoutSessionOptions(url);
  const pool = {
    connectionString,
    application_name: options.applicationName,
    options: [asked, ...FORCED_SETTINGS.map((setting) => `-c ${setting}`)].filter(Boolean).join(' '),
    max: options.maxConnections ?? DEFAULT_MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
  const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => statementName(sql) });
  // The other formats quote the arguments of the failing call in the message.
  const client = new PrismaClient({ adapter, errorFormat: 'minimal' });
  return Object.assign(client, { close: () => client.$disconnect() });
}

const statementNames = new Map<string, string>();

/**
 * A name for a statement's text, so that a connection plans it once: planning a say costs more than running it. Texts
 * that are put together for one call are few enough to be named too, and are not remembered here without end.
 */
function statementName(sql: string): string {
  let name = statementNames.get(sql);
  if (name === undefined) {
    name = `tandem_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`;
    if (statementNames.size < 1000) statementNames.set(sql, name);
  }
  return name;
}

/** Session options of the URL come first, so that the forced ones, which come later, win. */
function withoutSessionOptions(url: string): { connectionString: string; options: string } {
  const parsed = new URL(url);
  const options = parsed.searchParams.get('options') ?? '';
  parsed.searchParams.delete('options');
  return { connectionString: parsed.href, options };
}

/**
 * Runs one statement that answers rows, in one round trip, on a database or inside a transaction. Values go by
 * position (`$1`), each with a cast in the SQL where its type is not evident; a Date is an instant, a JSON document is
 * its text with `::jsonb`. Rows come back with Date for timestamptz, bigint for bigint, string[] for text[] and plain
 * values for jsonb.
 */
export function queryRows<Row>(on: Queryable, sql: string, ...values: unknown[]): Promise<Row[]> {
  return on.$queryRawUnsafe<Row[]>(sql, ...values);
}

/** Runs one statement in one round trip and answers the number of rows it changed. Values as in `queryRows`. */
export function execute(on: Queryable, sql: string, ...values: unknown[]): Promise<number> {
  return on.$executeRawUnsafe(sql, ...values);
}

const UNIQUE_VIOLATION = '23505';
const LOCK_NOT_AVAILABLE = '55P03';
// Cannot reach, timed out, operation timed out, server closed the connection, no connection free, too many connections.
const UNAVAILABLE = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2037']);
const UNAVAILABLE_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout', 'TooManyConnections']);
// Lock not available, statement cancelled by its timeout, shutting down or starting up.
const UNAVAILABLE_STATES = new Set([LOCK_NOT_AVAILABLE, '57014', '57P01', '57P02', '57P03']);

// Deadlock detected, could not serialize.
const CONFLICT_STATES = new Set(['40P01', '40001']);

interface DriverCause {
  kind?: string;
  originalCode?: string;
}

function driverCause(error: Prisma.PrismaClientKnownRequestError): DriverCause {
  return (error.meta?.driverAdapterError as { cause?: DriverCause } | undefined)?.cause ?? {};
}

/**
 * Whether a statement failed because a row with that key is there already; of model calls and raw SQL alike. A failed
 * statement costs its connection, so `on conflict` is the better way wherever a duplicate is nothing unusual.
 */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2002' || driverCause(error).originalCode === UNIQUE_VIOLATION;
}

/** Whether a statement failed because another transaction held a lock for too long. */
export function isLockTimeout(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError && driverCause(error).originalCode === LOCK_NOT_AVAILABLE
  );
}

/** Whether a statement failed because two transactions waited for each other: the same may succeed at once. */
export function isConflict(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2034' || CONFLICT_STATES.has(driverCause(error).originalCode ?? '');
}

/** Whether a statement failed because the database cannot be reached or is overloaded: the same may succeed later. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof Prisma.PrismaClientInitializationError) return true;
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) {
    return error instanceof Error && /timeout exceeded when trying to connect/.test(error.message);
  }
  const { kind = '', originalCode = '' } = driverCause(error);
  return UNAVAILABLE.has(error.code) || UNAVAILABLE_KINDS.has(kind) || UNAVAILABLE_STATES.has(originalCode);
}
