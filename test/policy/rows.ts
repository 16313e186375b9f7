import type { Classification, MessageRow } from '../../policy/mailbox/row.ts';
import type { MessageStep } from '../../policy/step.ts';
import { DAY, type Instant, instantOf } from '../../policy/time.ts';
import { classify } from '../../templates/table.ts';
import { newYork } from './support.ts';

/** Rows and messages for tests of the mailbox. */

export const reminder: Classification = classify('class-reminder');
export const staffMail: Classification = classify('escalation-flag');
export const lesser: Classification = { ...reminder, priority: 7 };
export const transactional: Classification = { ...reminder, transactional: true, priority: 1 };
export const safety: Classification = { ...reminder, safety: true, urgent: true, priority: 0 };

/** An instant in New York on 10 November 2026 or another date. */
export function at(time: string, date = '2026-11-10'): Instant {
  return instantOf(date, time, newYork);
}

export function row(key: string, given: Partial<MessageRow> = {}): MessageRow {
  const notBefore = given.notBefore ?? at('12:00');
  return {
    id: `msg_${key}`,
    key,
    stepKey: key,
    owner: 'pair:program_1:pair_17',
    programId: 'program_1',
    pairIds: ['pair_17'],
    personId: 'mentor_1',
    role: 'mentor',
    template: `template-${key}`,
    variant: null,
    channel: 'email',
    fallbackFrom: null,
    classification: reminder,
    fields: {},
    zone: newYork,
    state: 'waiting',
    reason: null,
    planned: true,
    plannedFor: notBefore,
    notBefore,
    expiresAt: notBefore + 3 * DAY,
    onlyIfSent: null,
    mailTwin: null,
    withdrawn: false,
    attempts: 0,
    retriedPassing: false,
    policyVersion: 1,
    because: { rule: 'W2', facts: [] },
    acceptedAt: notBefore - DAY,
    ...given,
  };
}

export function step(key: string, given: Partial<MessageStep> = {}): MessageStep {
  const slot = given.slot ?? at('12:00');
  return {
    kind: 'message',
    key,
    stepKey: key,
    personId: 'mentor_1',
    role: 'mentor',
    template: 'class-reminder',
    variant: 'regular',
    channel: 'email',
    planned: true,
    slot,
    expiresAt: slot + 3 * DAY,
    fields: {},
    heldBy: [],
    because: { rule: 'W2', facts: [] },
    ...given,
  };
}
