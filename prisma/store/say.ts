import { mayGoAgain, type RowChanges, reconcile } from '../../policy/mailbox/reconcile.ts';
import type { Classification, MessageRow } from '../../policy/mailbox/row.ts';
import type { Say } from '../../policy/pair/say.ts';
import type { EffectStep } from '../../policy/step.ts';
import { type Database, execute, isLockTimeout, isUnavailable, queryRows, type Transaction } from '../database.ts';
import { createGroupCommit } from '../group-commit.ts';
import { carryOutEffects, isLeaving, prepareEffects } from './effects.ts';
import { messageOf, type StoredMessage, shardOf } from './messages.ts';
import { type DecidedSay, writtenSays } from './say-document.ts';
import { openRowsSql, takeOrderSql, writeSaysSql } from './say-sql.ts';

/** What a say changed: the dispatchers whose mailboxes it touched. */
export interface Said {
  /** An older say than the one stored: nothing was changed. */
  stale: boolean;
  shards: Array<'people' | 'urgent'>;
}

type Classify = (template: string, variant?: string | null) => Classification;

const saysPerTransaction = 50;
/** Whoever holds a lock that one of several says needs must not keep the others waiting for long. */
const lockTimeoutOfSeveral = '500ms';
const lockTimeoutOfOne = '5s';

/**
 * Writes says. Those that arrive while a transaction runs share the next one, each as if it were alone: no say harms
 * another, two of one owner never go together, and one that closes its pair or acts beyond it goes alone, since it touches
 * what others own.
 */
export function createSayWriter(database: Database, classify: Classify): (say: Say) => Promise<Said> {
  const together = createGroupCommit<Say, Said>({
    identitiesOf: ({ owner }) => [owner],
    identitiesAtMost: saysPerTransaction,
    commit: (says) => writeSays(database, says, classify),
    isTriedAlone: (error) => isLockTimeout(error) || !isUnavailable(error),
  });
  const goesAlone = (say: Say): boolean => say.closed || say.effects.length > 0;
  return async (say) => (goesAlone(say) ? ((await writeSays(database, [say], classify))[0] as Said) : together(say));
}

/**
 * Writes says of different owners in one transaction: rows, cases, projections, journal marks, and what they bring about
 * beyond themselves. A say changes nothing if a later one of its owner is stored, and no other owner's rows ever.
 * @throws whatever one of them fails with; then none was written
 */
export async function writeSays(database: Database, says: Say[], classify: Classify): Promise<Said[]> {
  return database.$transaction((tx) => writeSaysWith(tx, says, classify));
}

/** Writes says as part of a transaction that writes more than them. */
export async function writeSaysWith(tx: Transaction, says: Say[], classify: Classify): Promise<Said[]> {
  const effects = new Map<Say, EffectStep[]>();
  for (const say of says) effects.set(say, await prepareEffects(tx, say));
  const newest = await takeOrder(tx, says);
  const standing = says.filter(({ owner }) => newest.has(owner));
  if (standing.length === 0) return says.map(() => ({ stale: true, shards: [] }));
  const { rowsOf, waitsForFacts } = await openRows(tx, standing);
  const shards = new Map<string, Said['shards']>();
  const decided = standing.map((say): DecidedSay => {
    const rows = rowsOf(say);
    const changes = decide(say, rows, classify);
    shards.set(say.owner, shardsOf(changes, rows, say, waitsForFacts));
    return { say, changes };
  });
  await execute(tx, writeSaysSql, JSON.stringify(writtenSays(decided)));
  for (const say of standing) await carryOutEffects(tx, effects.get(say) ?? [], say);
  return says.map(({ owner }) => ({ stale: !newest.has(owner), shards: shards.get(owner) ?? [] }));
}

/**
 * The owners whose say is the newest. A statement of its own: the next one sees whatever an earlier say of the same
 * owner wrote until it made this one wait.
 */
async function takeOrder(tx: Transaction, says: Say[]): Promise<Set<string>> {
  const order = says.map(({ owner, facts, at, nextAt }) => ({
    owner,
    facts,
    at: new Date(at).toISOString(),
    nextAt: nextAt === null ? null : new Date(nextAt).toISOString(),
  }));
  const lockTimeout = says.length === 1 ? lockTimeoutOfOne : lockTimeoutOfSeveral;
  const newest = await queryRows<{ owner: string }>(tx, takeOrderSql, JSON.stringify(order), lockTimeout);
  return new Set(newest.map(({ owner }) => owner));
}

type OpenRow = StoredMessage & { waits_for_facts: boolean | null };

interface OpenRows {
  /** Those that one say may change. */
  rowsOf(say: Say): MessageRow[];
  /** Ids of those that nobody looks at before their expiry. */
  waitsForFacts: Set<string>;
}

/** Locks every row that the says may change. */
async function openRows(tx: Transaction, says: Say[]): Promise<OpenRows> {
  const owners = says.map(({ owner }) => owner);
  const keys = says.flatMap(({ messages }) => messages.map(({ key }) => key));
  const stepKeys = [...new Set(says.flatMap(stepKeysOf))];
  const earliest = new Date(Math.min(...says.map(({ at }) => at)));
  const leavers = says.flatMap(({ effects }) => effects.filter(isLeaving).map(({ personId }) => personId));
  const stored = await queryRows<OpenRow>(tx, openRowsSql, owners, keys, stepKeys, earliest, leavers);
  const rows = stored.map(messageOf);
  const waitsForFacts = new Set(stored.filter((row) => row.waits_for_facts).map(({ id }) => id));
  const rowsOf = (say: Say): MessageRow[] => {
    const named = new Set(say.messages.map(({ key }) => key));
    const steps = new Set(stepKeysOf(say));
    const open = (row: MessageRow) => row.owner === say.owner && (row.state === 'waiting' || mayGoAgain(row, say.at));
    return rows.filter((row) => open(row) || named.has(row.key) || steps.has(row.stepKey));
  };
  return { rowsOf, waitsForFacts };
}

/** Steps that address more than one person have a key of their own. */
function stepKeysOf({ messages }: Say): string[] {
  return messages.filter((step) => step.stepKey !== step.key).map((step) => step.stepKey);
}

function decide(say: Say, rows: MessageRow[], classify: Classify): RowChanges {
  return reconcile(rows, say.messages, say.at, {
    owner: say.owner,
    programId: say.programId,
    pairIds: say.pairId === null ? (say.aboutPairs ?? []) : [say.pairId],
    zone: say.zone,
    policyVersion: say.policyVersion,
    gatherMinutes: say.gatherMinutes,
    classify,
  });
}

function shardsOf(changes: RowChanges, rows: MessageRow[], say: Say, waitsForFacts: Set<string>): Said['shards'] {
  const gone = new Set([...changes.withdrawn, ...changes.expired]);
  // Rows that are due, or that were looked at meanwhile, waited for the facts that this say has settled.
  const waited = (row: MessageRow) => row.notBefore <= say.at || waitsForFacts.has(row.id);
  const freed = rows.filter((row) => say.marks.length > 0 && row.state === 'waiting' && waited(row));
  const touched = [...changes.upsert, ...freed, ...rows.filter((row) => gone.has(row.key))];
  return [...new Set(touched.map((row) => shardOf(row.classification)))];
}
