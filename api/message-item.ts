import type { z } from 'zod';
import { broadcastIdOf } from '../policy/broadcast/broadcast.ts';
import { eventIdOf } from '../policy/event.ts';
import type { LedgerRecord } from '../prisma/store/ledger.ts';
import type { SettlementRecord } from '../prisma/store/settlements.ts';
import type { messageAnswer, messageDetail } from './schemas/message.ts';

/** A message of the ledger, as integrators read it; subject and body only for those who may see them. */
export function messageItem(row: LedgerRecord, withWords: boolean): z.input<typeof messageAnswer> {
  const { id, key, personId, role, programId, pairIds, channel, template, variant, bcc, state, reason } = row;
  const { plannedFor, expiresAt, sentAt, policyVersion, because, provider, subject, body } = row;
  return {
    id,
    key,
    to: personId,
    role,
    programId,
    pairIds,
    channel,
    template,
    variant,
    bcc,
    state,
    reason,
    plannedFor: plannedFor.toISOString(),
    expiresAt: expiresAt.toISOString(),
    sentAt: sentAt?.toISOString() ?? null,
    policyVersion,
    because: { rule: because.rule, facts: because.facts.map(eventIdOf) },
    broadcastId: broadcastIdOf(row.owner),
    provider: provider === null ? null : { name: provider, id: row.providerId, status: row.providerStatus },
    ...(withWords ? { subject, body } : {}),
  };
}

/** A message with the gates it met and what staff settled; their notes are words too. */
export function messageDetailOf(
  row: LedgerRecord,
  settlements: SettlementRecord[],
  withWords: boolean,
): z.input<typeof messageDetail> {
  const gates = (row.gates ?? []).map(({ gate, at }) => ({ gate, at: new Date(at).toISOString() }));
  const settled = settlements.map(({ outcome, by, note, at }) => ({
    outcome,
    by,
    at: at.toISOString(),
    ...(withWords ? { note } : {}),
  }));
  return { ...messageItem(row, withWords), gates, settled };
}
