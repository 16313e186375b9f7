import { type RowChanges, reconcile } from '../../policy/mailbox/reconcile.ts';
import { type Classification, goesAtOnce, type MessageRow } from '../../policy/mailbox/row.ts';
import { idOf } from '../../policy/pair/context.ts';
import type { Say } from '../../policy/pair/say.ts';
import type { CaseStep } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { type Database, execute, queryRows, type Transaction } from '../database.ts';
import { messageColumns, messageOf, type StoredMessage } from './messages.ts';
import { writeSaySql } from './say-sql.ts';

/** What a say changed: the dispatchers whose mailboxes it touched. */
export interface Said {
  /** An older say than the one stored: nothing was changed. */
  stale: boolean;
  shards: Array<'people' | 'urgent'>;
}

/** The say's order, and every row that it may change, in one statement that also locks them. */
const openSql = `
  with said as (
    insert into says (owner, facts, at, next_at) values ($1, $2, $3, $6)
    on conflict (owner) do update set facts = excluded.facts, at = excluded.at, next_at = excluded.next_at
      where (says.facts, says.at) <= (excluded.facts, excluded.at)
    returning owner
  )
  select 1 as newest, ${messageColumns}
  from said left join lateral (
    select * from messages
    where (owner = $1 and (state in ('waiting', 'sending', 'unknown') or expires_at > $3 and (state = 'sent' or reason = 'merged')))
      or key = any($4::text[]) or step_key = any($5::text[])
    order by id for update
  ) m on true`;

/**
 * Writes one say in one transaction: rows, cases, projection and journal marks. Changes nothing if a later say of the
 * same owner is stored, and no other owner's rows ever.
 */
export async function writeSay(
  database: Database,
  say: Say,
  classify: (template: string) => Classification,
): Promise<Said> {
  return database.$transaction(async (tx) => {
    const rows = await openSay(tx, say);
    if (rows === null) return { stale: true, shards: [] };
    const changes = reconcile(rows, say.messages, say.at, {
      owner: say.owner,
      programId: say.programId,
      pairIds: say.pairId === null ? [] : [say.pairId],
      zone: say.zone,
      policyVersion: say.policyVersion,
      gatherMinutes: say.gatherMinutes,
      classify,
    });
    await execute(tx, writeSaySql, JSON.stringify(written(say, changes)));
    return { stale: false, shards: shardsOf(changes, rows, say) };
  });
}

async function openSay(tx: Transaction, say: Say): Promise<MessageRow[] | null> {
  const keys = say.messages.map((step) => step.key);
  const stepKeys = [...new Set(say.messages.filter((step) => step.stepKey !== step.key).map((step) => step.stepKey))];
  const nextAt = say.nextAt === null ? null : new Date(say.nextAt);
  const order = [say.owner, say.facts, new Date(say.at)];
  const found = await queryRows<StoredMessage>(tx, openSql, ...order, keys, stepKeys, nextAt);
  if (found.length === 0) return null;
  return found.filter((row) => row.id !== null).map(messageOf);
}

function shardsOf(changes: RowChanges, rows: MessageRow[], say: Say): Said['shards'] {
  const gone = new Set([...changes.withdrawn, ...changes.expired]);
  // Rows that are due waited for the facts that this say has settled.
  const freed = rows.filter((row) => say.marks.length > 0 && row.state === 'waiting' && row.notBefore <= say.at);
  const touched = [...changes.upsert, ...freed, ...rows.filter((row) => gone.has(row.key))];
  return [...new Set(touched.map((row) => shardOf(row.classification)))];
}

function shardOf(classification: Classification): 'people' | 'urgent' {
  return goesAtOnce(classification) ? 'urgent' : 'people';
}

/** The document that the writing statement unpacks. */
function written(say: Say, changes: RowChanges): Record<string, unknown> {
  return {
    owner: say.owner,
    at: iso(say.at),
    facts: say.facts,
    closed: say.closed,
    program: say.programId,
    rows: changes.upsert.map(wireRow),
    withdrawn: changes.withdrawn,
    expired: changes.expired,
    marked: changes.marked,
    unmarked: changes.unmarked,
    cases: say.cases.map((step) => wireCase(step, say)),
    lines: say.cases.flatMap((step) => step.lines.map((line) => ({ case_id: idOf('case', step.key), ...line }))),
    marks: say.marks.map((mark) => ({ seq: mark.seq, applied_order: mark.order, applied_at: iso(mark.at) })),
    reads: say.readMarks.map((mark) => ({ version: mark.version, at: iso(mark.at) })),
    fresh: say.fresh.map((step) => ({ key: step.key, step })),
    pair:
      say.pairId === null
        ? null
        : {
            id: say.pairId,
            state: say.closed ? 'closed' : 'active',
            version: say.policyVersion,
            retires: say.retires,
            projection: say.projection,
          },
  };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}

function wireRow(row: MessageRow): Record<string, unknown> {
  return {
    ...row,
    shard: shardOf(row.classification),
    plannedFor: iso(row.plannedFor),
    notBefore: iso(row.notBefore),
    expiresAt: iso(row.expiresAt),
    acceptedAt: iso(row.acceptedAt),
  };
}

function wireCase(step: CaseStep, say: Say): Record<string, unknown> {
  return {
    id: idOf('case', step.key),
    key: step.key,
    kind: step.caseKind,
    pair_id: say.pairId,
    assignee: step.assignee,
    supervisor: step.supervisor,
    reason: step.reason,
    facts: step.facts,
    details: step.details,
    opened_at: iso(step.openedAt),
    withdrawn: step.withdrawn === true,
  };
}
