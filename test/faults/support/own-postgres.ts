import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, execute, openDatabase } from '../../../prisma/database.ts';
import { migrate } from '../../../prisma/migrate.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../runtime/local/embedded-postgres.ts';
import { stopProcess } from '../../../runtime/local/processes.ts';

/** A PostgreSQL of its own that can be killed, whose commits outlive it, with one database after the other. */
export interface OwnPostgres {
  readonly database: Database;
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** From here on there are no rows: another database. */
  begin(): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on another port. */
  start(): Promise<void>;
  /** Ends every other connection to the database. */
  terminateConnections(): Promise<void>;
  /** What it has written to its log. */
  log(): Promise<string>;
  stop(): Promise<void>;
}

const template = 'tandem';

export async function startOwnPostgres(dataDirectory: string): Promise<OwnPostgres> {
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDirectory });
  await migrate(server.url);
  let name = template;
  const url = (): string => withDatabase(server.url, name);
  const open = (): Database => openDatabase(url(), { applicationName: 'test' });
  let database = open();
  return {
    get database() {
      return database;
    },
    get url() {
      return url();
    },
    get port() {
      return Number(new URL(server.url).port);
    },
    get pid() {
      return server.pid;
    },
    async begin() {
      await database.close();
      name = `sending_${randomBytes(6).toString('hex')}`;
      await onServer(withDatabase(server.url, 'postgres'), `create database ${name} template ${template}`);
      database = open();
    },
    async kill() {
      await database.close();
      await stopProcess(server.pid, 'SIGKILL', 0);
    },
    async start() {
      server = await startEmbeddedPostgres({ dataDirectory });
      database = open();
    },
    async terminateConnections() {
      const others = 'datname = current_database() and pid <> pg_backend_pid()';
      await execute(database, `select pg_terminate_backend(pid) from pg_stat_activity where ${others}`);
    },
    log: () => readFile(join(dataDirectory, 'postgres.log'), 'utf8'),
    async stop() {
      await database.close();
      await server.stop();
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = name;
  return changed.href;
}
