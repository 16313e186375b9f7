import { z } from 'zod';
import { id, instantOut, listOf, listQuery } from './common.ts';
import { position } from './pair.ts';

/** Messages of the ledger. */

const messageStates = ['waiting', 'sending', 'sent', 'unknown', 'skipped', 'failed'] as const;

export const messagesQuery = listQuery(
  {
    programId: id.optional(),
    pairId: id.optional(),
    personId: id.optional(),
    state: z.enum(messageStates).optional(),
    template: id.optional(),
    channel: z.enum(['email', 'sms']).optional(),
    broadcastId: id.optional(),
  },
  position,
);

const messageShape = {
  id: z.string(),
  key: z.string(),
  to: z.string(),
  role: z.string(),
  programId: z.string(),
  pairIds: z.array(z.string()),
  channel: z.string(),
  template: z.string(),
  variant: z.string().nullable(),
  bcc: z.array(z.string()),
  state: z.string(),
  reason: z.string().nullable(),
  plannedFor: instantOut,
  expiresAt: instantOut,
  sentAt: instantOut.nullable(),
  policyVersion: z.int(),
  because: z.object({ rule: z.string(), facts: z.array(z.string()) }),
  broadcastId: z.string().nullable().meta({ description: 'Of a message that staff sent to many; else null' }),
  provider: z
    .object({ name: z.string(), id: z.string().nullable(), status: z.string().nullable() })
    .nullable()
    .meta({ description: 'Null until it was handed over' }),
  subject: z.string().nullable().optional(),
  body: z.string().nullable().optional(),
};

export const messageAnswer = z
  .object(messageShape)
  .meta({ id: 'Message', description: '`subject` and `body` are left out without the scope `sensitive`' });
export const messageList = listOf(messageAnswer);

const gate = z.object({ gate: z.string(), at: instantOut });

const settlementOutcome = z.enum(['sent', 'notSent', 'drop']);

export const settleInput = z
  .strictObject({
    outcome: settlementOutcome,
    by: id,
    note: z.string().trim().min(1).max(5_000).optional(),
  })
  .meta({
    id: 'Settlement',
    description: '`sent`: it arrived. `notSent`: it goes back to be sent. `drop`: it is given up.',
  });

const settled = z.object({
  outcome: settlementOutcome,
  by: z.string(),
  at: instantOut,
  note: z.string().nullable().optional(),
});

export const messageDetail = z.object({ ...messageShape, gates: z.array(gate), settled: z.array(settled) }).meta({
  id: 'MessageDetail',
  description:
    'With each gate that held it back, changed its channel or ended it, and what staff settled; `note` is left out ' +
    'without the scope `sensitive`',
});
