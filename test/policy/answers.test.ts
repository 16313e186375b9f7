import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../policy/delivery/consequences.ts';
import { effectOfReply } from '../../policy/delivery/reply.ts';
import type { MailboxContext } from '../../policy/mailbox/context.ts';
import { decideMailbox } from '../../policy/mailbox/decide.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { classify } from '../../templates/table.ts';
import { at, row } from './rows.ts';

/** The direct answer to a person's own text. */

const now = at('23:00');
const stopped: MailboxContext = {
  removed: false,
  zone: null,
  isMinor: false,
  guardianConsent: false,
  textConsent: false,
  hasEmail: true,
  hasPhone: true,
  suppressed: { email: [], sms: ['all'] },
  heldPairs: [],
  closedPairs: [],
  hours: { email: { from: 420, until: 1260 }, sms: { from: 540, until: 1200 } },
  dailyCap: 1,
  sends: [],
  unsettledOwners: [],
  statesByKey: {},
  resumeAt: {},
};

function answer(given: Partial<MessageRow> = {}): MessageRow {
  const classification = classify('opt-out-confirmed');
  return row('answer', { channel: 'sms', classification, planned: false, notBefore: now, ...given });
}

const acts = (of: MessageRow, ctx = stopped) => decideMailbox([of], ctx, now).map(({ act }) => act);

describe('the answer to a text', () => {
  it('M2 M8 goes by text although the number is suppressed, at night, and without a consent', () => {
    expect(acts(answer())).toEqual(['send']);
    expect(acts(answer({ classification: classify('class-reminder') }))).not.toEqual(['send']);
  });

  it('M5 goes as mail once the carrier refused it, and is never tried there again', () => {
    const refusal = { class: 'opted_out', code: '21610' } as const;
    const outcome = outcomeOf(refusal, { attempts: 0, retriedPassing: false }, now);
    expect(outcome).toMatchObject({ kind: 'not_sent', counts: true, suppress: { category: 'all' } });
    expect(acts(answer({ attempts: 1 }))).toEqual(['fall-back']);
    expect(acts(answer({ attempts: 1, channel: 'email', fallbackFrom: 'sms' }))).toEqual(['send']);
    expect(acts(answer({ attempts: 1 }), { ...stopped, hasEmail: false })).toEqual(['skip']);
  });

  it('M8 is given where the carrier gave none, and only a doubtful text goes to staff', () => {
    expect(effectOfReply('stop', false)).toEqual({ number: 'suppress', answer: 'opt-out-confirmed', task: null });
    expect(effectOfReply('stop', true)).toEqual({ number: 'suppress', answer: null, task: null });
    expect(effectOfReply('help', true).answer).toBeNull();
    expect(effectOfReply('perhaps_stop', false)).toEqual({ number: null, answer: null, task: 'possible_opt_out' });
  });
});
