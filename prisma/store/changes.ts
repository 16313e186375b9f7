import { type Database, execute, type Queryable, queryRows, type Transaction } from '../database.ts';

/**
 * The feed of changes of state. Triggers write a change in the transaction that brings it about; its position it gets here,
 * when it is committed. The numbers of an identity would not do: they are given out before their transactions commit, and
 * who has read up to a number would never see a lower one that is committed later.
 */

export interface ChangeRecord {
  position: bigint;
  at: Date;
  kind: 'pair' | 'request' | 'person' | 'case';
  subjectId: string;
  change: string;
  programIds: string[];
  /** Ids and codes that say what it was about. */
  related: Record<string, string | null>;
}

export interface ChangesRead {
  changes: ChangeRecord[];
  /** The position up to which nothing is missing. */
  upTo: bigint;
}

/** Whose changes a caller sees: those of its programs, and those of safety cases only with the scope for them. */
export interface ChangesView {
  programIds: readonly string[] | null;
  safety: boolean;
}

/** Positions looked at for one page: a caller who sees few of them gets a short page, and goes on from its end. */
const positionsAtOnce = 20_000;
const placedAtOnce = 5_000;
/** Key of the lock under which positions are given. */
const placingLock = 5_201_314;

const readSql = `
  with bounds as (
    select least($1::bigint + $5::bigint, greatest($1::bigint, coalesce(max(position), 0))) as "upTo" from changes
  )
  select b."upTo", c.position, c.at, c.kind, c.subject_id as "subjectId", c.change, c.program_ids as "programIds", c.related
  from bounds b left join lateral (
    select * from changes c
    where c.position > $1::bigint and c.position <= b."upTo" and ($2::text[] is null or c.program_ids && $2::text[])
      and ($3::boolean or not c.safety)
    order by c.position limit $4::int
  ) c on true
  order by c.position`;

/** Changes after a position, in order, at most `limit` of them. */
export async function readChanges(
  database: Database,
  after: bigint,
  limit: number,
  view: ChangesView,
): Promise<ChangesRead> {
  const read = await readPlaced(database, after, limit, view);
  if (read.changes.length === limit) return read;
  // The page is not full: there may be changes that nobody has asked for yet.
  await database.$transaction(placeChanges);
  return readPlaced(database, after, limit, view);
}

type ReadRow = { upTo: bigint } & (ChangeRecord | { position: null });

async function readPlaced(on: Queryable, after: bigint, limit: number, view: ChangesView): Promise<ChangesRead> {
  const { programIds, safety } = view;
  const rows = await queryRows<ReadRow>(on, readSql, after, programIds, safety, limit, positionsAtOnce);
  const changes = rows.filter((row): row is { upTo: bigint } & ChangeRecord => row.position !== null);
  const full = changes.length === limit;
  return { changes, upTo: (full ? changes.at(-1)?.position : rows[0]?.upTo) ?? after };
}

const placeSql = `
  with unplaced as (
    select id, row_number() over (order by id) as nth
    from (select id from changes where position is null order by id limit $1::int) first
  )
  update changes c set position = (select coalesce(max(position), 0) from changes) + u.nth
  from unplaced u where c.id = u.id`;

/**
 * Gives committed changes their positions behind all that have one, one transaction at a time. Of one thing's changes each
 * was written after the one before was committed, so that their numbers keep their order; of different things whatever is
 * committed first comes first.
 */
async function placeChanges(on: Transaction): Promise<void> {
  // A statement of its own: the next one sees what the transaction before has placed.
  await queryRows(on, 'select pg_advisory_xact_lock($1)::text', placingLock);
  await execute(on, placeSql, placedAtOnce);
}
