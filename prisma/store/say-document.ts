import type { RowChanges } from '../../policy/mailbox/reconcile.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { idOf } from '../../policy/pair/context.ts';
import { showsPaused } from '../../policy/pair/decide.ts';
import type { Say } from '../../policy/pair/say.ts';
import type { CaseStep, RecordSet } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import { shardOf } from './messages.ts';

/** A say with what it changes among the rows, as it was decided. */
export interface DecidedSay {
  say: Say;
  changes: RowChanges;
}

/** The document that the writing statement unpacks: a list for every part, with the items of all says. */
export function writtenSays(decided: DecidedSay[]): Record<string, unknown[]> {
  return {
    says: decided.map(({ say }) => ({
      owner: say.owner,
      at: iso(say.at),
      program: say.programId,
      closed: say.closed,
      pairId: say.pairId,
      settles: say.marks.length > 0,
    })),
    rows: decided.flatMap(({ say, changes }) => changes.upsert.map((row) => wireRow(row, say.at))),
    changes: decided.flatMap(wireChanges),
    cases: decided.flatMap(({ say }) => say.cases.map((step) => wireCase(step, say))),
    lines: decided.flatMap(({ say }) => say.cases.flatMap((step) => wireLines(step, say))),
    marks: decided.flatMap(wireMarks),
    reads: decided.flatMap(({ say }) => wireReads(say)),
    fresh: decided.flatMap(({ say }) => wireFresh(say)),
    recordSets: decided.flatMap(({ say }) => say.records.map((set) => wireRecordSet(set, say))),
    records: decided.flatMap(({ say }) => say.records.flatMap((set) => wireRecords(set, say))),
    pairs: decided.flatMap(({ say }) => (say.pairId === null ? [] : [wirePair(say)])),
  };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}

/** A row as `rowsIn` reads it, written at `at`. */
export function wireRow(row: MessageRow, at: Instant): Record<string, unknown> {
  return {
    ...row,
    shard: shardOf(row.classification),
    plannedFor: iso(row.plannedFor),
    notBefore: iso(row.notBefore),
    expiresAt: iso(row.expiresAt),
    acceptedAt: iso(row.acceptedAt),
    at: iso(at),
  };
}

function wireChanges({ say, changes }: DecidedSay): unknown[] {
  const at = iso(say.at);
  const kinds = ['withdrawn', 'expired', 'marked', 'unmarked'] as const;
  return kinds.flatMap((change) => changes[change].map((key) => ({ key, change, at })));
}

function wireCase(step: CaseStep, say: Say): Record<string, unknown> {
  return {
    id: idOf('case', step.key),
    key: step.key,
    owner: say.owner,
    program: say.programId,
    kind: step.caseKind,
    pair_id: say.pairId,
    assignee: step.assignee,
    supervisor: step.supervisor,
    reason: step.reason,
    facts: step.facts,
    details: step.details,
    opened_at: iso(step.openedAt),
    withdrawn: step.withdrawn === true,
    person_id: step.personId ?? null,
    acknowledged_at: step.acknowledged ? iso(step.acknowledged.at) : null,
    outcome: step.outcome ?? null,
    at: iso(say.at),
  };
}

function wireLines(step: CaseStep, say: Say): unknown[] {
  return step.lines.map((line) => ({ case_id: idOf('case', step.key), ...line, at: iso(say.at) }));
}

function wireMarks({ say, changes }: DecidedSay): unknown[] {
  return say.marks.map(({ seq, order, at }) => ({
    seq,
    applied_order: order,
    applied_at: iso(at),
    cancelled: changes.withdrawn,
  }));
}

function wireReads(say: Say): unknown[] {
  const { owner, programId: program, pairId: pair_id, facts } = say;
  return say.readMarks.map(({ version, at }) => ({ owner, program, pair_id, facts, version, at: iso(at) }));
}

function wireFresh({ owner, at, facts, fresh }: Say): unknown[] {
  return fresh.map((step) => ({ owner, key: step.key, at: iso(at), facts, step }));
}

function wireRecordSet({ kind, from, items }: RecordSet, { pairId }: Say): Record<string, unknown> {
  return { pair_id: pairId, kind, since: from, keys: items.map(({ key }) => key) };
}

function wireRecords({ kind, items }: RecordSet, { pairId, programId }: Say): unknown[] {
  const about = { pair_id: pairId, program: programId, kind };
  return items.map(({ key, personId, day, data }) => ({ ...about, key, person_id: personId, day, data }));
}

function wirePair(say: Say): Record<string, unknown> {
  return {
    id: say.pairId,
    state: say.closed ? 'closed' : 'active',
    paused: say.projection !== null && showsPaused(say.at, say.projection.ctx),
    version: say.policyVersion,
    retires: say.retires,
    projection: say.projection,
    ...say.counts,
    at: iso(say.at),
  };
}
