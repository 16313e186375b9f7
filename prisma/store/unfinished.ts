import type { PairContext } from '../../policy/pair/context.ts';
import type { PairState } from '../../policy/pair/state.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, queryRows } from '../database.ts';

/**
 * What is still under way: entries not applied, sends not settled, rows that a dispatcher has to look at by `now`, and
 * programs and requests that have yet to decide.
 */
export interface UnfinishedWork {
  entries: number;
  sends: number;
  rows: number;
  programs: number;
  requests: number;
}

export async function unfinishedWork(database: Database, now: Instant): Promise<UnfinishedWork> {
  const [row] = await queryRows<Record<keyof UnfinishedWork, bigint>>(
    database,
    `select (select count(*) from journal where state in ('recorded', 'asked')) as entries,
       (select count(*) from sends where state in ('claimed', 'unknown')) as sends,
       (select count(*) from messages where state = 'waiting' and (look_at is null or look_at <= $1)) as rows,
       (select count(*) from says where owner like 'program:%' and next_at <= $1) as programs,
       (select count(*) from says where owner like 'request:%' and next_at <= $1) as requests`,
    new Date(now),
  );
  const count = (name: keyof UnfinishedWork): number => Number(row?.[name] ?? 0);
  const [entries, sends, rows] = [count('entries'), count('sends'), count('rows')];
  return { entries, sends, rows, programs: count('programs'), requests: count('requests') };
}

/** Which say of a pair is its last. */
export interface LastSay {
  owner: string;
  facts: number;
  at: Instant;
}

/** The last say of every pair whose run has not ended. */
export async function lastSaysOfPairs(database: Database): Promise<LastSay[]> {
  const rows = await queryRows<{ owner: string; facts: number; at: Date }>(
    database,
    'select s.owner, s.facts, s.at from says s join pairs p on p.owner = s.owner where p.completed_at is null',
  );
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}

/** What a pair last said of itself. */
export interface LastSaid extends LastSay {
  state: PairState;
  ctx: PairContext;
}

/** What these pairs last said of themselves, each with the say that told it. */
export async function readLastSaid(database: Database, owners: string[]): Promise<LastSaid[]> {
  const rows = await queryRows<{ owner: string; facts: number; at: Date; projection: Pick<LastSaid, 'state' | 'ctx'> }>(
    database,
    `select p.owner, s.facts, s.at, p.projection from pairs p join says s on s.owner = p.owner
     where p.owner = any($1::text[]) and p.projection is not null`,
    owners,
  );
  return rows.map(({ owner, facts, at, projection }) => ({ owner, facts, at: at.getTime(), ...projection }));
}
