import { type Classification, goesAtOnce, type MessageRow } from '../../policy/mailbox/row.ts';
import type { Because, SkipReason } from '../../policy/step.ts';

/** How a row of the ledger travels between the database and the pure functions. */
export interface StoredMessage {
  id: string;
  key: string;
  step_key: string;
  owner: string;
  program_id: string;
  pair_ids: string[];
  person_id: string;
  role: string;
  template: string;
  variant: string | null;
  channel: string;
  fallback_from: string | null;
  classification: MessageRow['classification'];
  fields: Record<string, unknown>;
  zone: string;
  state: string;
  reason: string | null;
  planned: boolean;
  planned_for: Date;
  not_before: Date;
  expires_at: Date;
  only_if_sent: string | null;
  mail_twin: string | null;
  withdrawn: boolean;
  attempts: number;
  retried_passing: boolean;
  policy_version: number;
  because: Because;
  accepted_at: Date;
}

export function messageOf(row: StoredMessage): MessageRow {
  return {
    id: row.id,
    key: row.key,
    stepKey: row.step_key,
    owner: row.owner,
    programId: row.program_id,
    pairIds: row.pair_ids,
    personId: row.person_id,
    role: row.role as MessageRow['role'],
    template: row.template,
    variant: row.variant,
    channel: row.channel as MessageRow['channel'],
    fallbackFrom: row.fallback_from as MessageRow['fallbackFrom'],
    classification: row.classification,
    fields: row.fields,
    zone: row.zone,
    state: row.state as MessageRow['state'],
    reason: row.reason as SkipReason | null,
    planned: row.planned,
    plannedFor: row.planned_for.getTime(),
    notBefore: row.not_before.getTime(),
    expiresAt: row.expires_at.getTime(),
    onlyIfSent: row.only_if_sent,
    mailTwin: row.mail_twin,
    withdrawn: row.withdrawn,
    attempts: row.attempts,
    retriedPassing: row.retried_passing,
    policyVersion: row.policy_version,
    because: row.because,
    acceptedAt: row.accepted_at.getTime(),
  };
}

/** Columns of a stored message, for statements that read whole rows. */
export const messageColumns = `m.id, m.key, m.step_key, m.owner, m.program_id, m.pair_ids, m.person_id, m.role, m.template,
  m.variant, m.channel, m.fallback_from, m.classification, m.fields, m.zone, m.state, m.reason, m.planned, m.planned_for,
  m.not_before, m.expires_at, m.only_if_sent, m.mail_twin, m.withdrawn, m.attempts, m.retried_passing,
  m.policy_version, m.because, m.accepted_at`;

/** The dispatcher that drives a row. */
export function shardOf(classification: Classification): 'people' | 'urgent' {
  return goesAtOnce(classification) ? 'urgent' : 'people';
}
