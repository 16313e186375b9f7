import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose } from '../../activities/dispatch/compose.ts';
import { createRenderer, type Rendered } from '../../activities/render.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { DAY } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { recordOutcomes } from '../../prisma/store/send-outcomes.ts';
import { suppress } from '../../prisma/store/suppressions.ts';
import { readWording } from '../../prisma/store/wording.ts';
import { classify } from '../../templates/table.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { insertPair } from '../support/facts.ts';
import { insertMessage, type MessageFacts } from '../support/ledger.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';

const now = Date.UTC(2026, 10, 25, 15);
let stored: TestDatabase;
let pairs = 0;
beforeAll(async () => {
  stored = await createTestDatabase();
  await seedProgram(stored.database, 'prog', now);
  for (const id of ['per_pc', 'mentee']) await seedPerson(stored.database, id);
});
afterAll(() => stored.drop());

/** A pair whose mentor was to get these reminders, a day apart. */
async function remindedPair(reminders: Array<Partial<MessageFacts> & { gate?: string }>): Promise<string> {
  const { database } = stored;
  const id = `pair_${++pairs}`;
  await seedPerson(database, `${id}_mentor`);
  await execute(database, 'update people set phone = $2 where id = $1', `${id}_mentor`, `+1212555${1000 + pairs}`);
  await insertPair(database, { id, programId: 'prog', mentorId: `${id}_mentor`, menteeId: 'mentee' });
  for (const [index, { gate, ...reminder }] of reminders.entries()) {
    const message = { id: `${id}_m${index}`, programId: 'prog', pairIds: [id], personId: `${id}_mentor` };
    await insertMessage(database, { ...message, at: now - (4 - index) * DAY, ...reminder });
    const gates = gate === undefined ? null : JSON.stringify([{ gate }]);
    await execute(database, 'update messages set gates = $2::jsonb where id = $1', message.id, gates);
  }
  return id;
}

/** The first reminder of a pair was accepted by its provider. */
async function handedOver(pairId: string, provider: string): Promise<string> {
  const id = `${pairId}_send`;
  await execute(
    stored.database,
    `insert into sends (id, person_id, channel, message_ids, address, state, exempt, priority, claimed_at, lease_until, provider)
     select $1, person_id, channel, array[id], 'x', 'accepted', false, 2, planned_for, planned_for, $3
     from messages where id = $2`,
    id,
    `${pairId}_m0`,
    provider,
  );
  await execute(stored.database, 'update messages set send_id = $2 where id = $1', `${pairId}_m0`, id);
  return id;
}

/** The words of the flag about a pair. */
async function flagOf(pairId: string): Promise<string> {
  const row = {
    id: 'flag',
    key: 'flag',
    programId: 'prog',
    pairIds: [pairId],
    personId: 'per_pc',
    template: 'escalation-flag',
    variant: null,
    channel: 'email',
    zone: 'America/New_York',
    plannedFor: now,
    classification: classify('escalation-flag'),
    fields: { mentorId: `${pairId}_mentor`, menteeId: 'mentee', missedDates: ['2026-11-11', '2026-11-18'], since: now },
  } as unknown as MessageRow;
  const wording = await readWording(stored.database, [row]);
  const links = {
    inboundDomain: 'in.example.org',
    preferencesPage: () => 'https://x.example/p',
    responsePage: () => 'https://x.example/r',
  };
  return (compose([row], wording, createRenderer(), links) as Rendered).body;
}

const none = (pairId: string) => `No reminder reached ${pairId}_mentor.`;

describe('what the flag says of the reminders', () => {
  test('W21 of those that were delivered', async () => {
    const id = await remindedPair([{ state: 'sent' }, { channel: 'sms', state: 'sent' }]);
    await handedOver(id, 'sendgrid');
    const words = await flagOf(id);
    expect(words).toContain('- email, Saturday, November 21: delivered\n- text, Sunday, November 22: delivered\n');
    expect(words).not.toContain('No reminder reached');
    expect(words).not.toContain('not known');
  });

  test('W21 of a mail that bounced after it was accepted, and a text without consent', async () => {
    const id = await remindedPair([
      { state: 'sent' },
      { channel: 'sms', state: 'skipped', reason: 'unreachable', gate: 'consent' },
    ]);
    const send = await handedOver(id, 'sendgrid');
    expect(await flagOf(id)).toContain('email, Saturday, November 21: delivered');
    const outcome = {
      kind: 'not_sent',
      code: 'bounce',
      retryAt: now,
      counts: false,
      suppress: { category: 'all', reason: 'bad_address' },
    } as const;
    expect(
      await recordOutcomes(stored.database, [{ id: send, outcome, reported: true }], now, {
        classify: () => classify('task'),
      }),
    ).toEqual([send]);
    for (const [state, reason] of [
      ['waiting', null],
      ['skipped', 'suppressed'],
      ['skipped', 'withdrawn'],
    ]) {
      await execute(
        stored.database,
        'update messages set state = $2, reason = $3 where id = $1',
        `${id}_m0`,
        state,
        reason,
      );
      const words = await flagOf(id);
      expect(words).toContain('- email, Saturday, November 21: not delivered (bounced)\n');
      expect(words).toContain('- text, Sunday, November 22: not delivered (no consent)\n');
      expect(words).toContain(none(id));
    }
  });

  test('W21 of a STOP', async () => {
    const id = await remindedPair([{ channel: 'sms', state: 'skipped', reason: 'unreachable', gate: 'suppressed' }]);
    const address = { channel: 'sms', address: `+1212555${1000 + pairs}` } as const;
    await suppress(stored.database, address, { category: 'all', reason: 'stop' }, now);
    const words = await flagOf(id);
    expect(words).toContain('- text, Saturday, November 21: not delivered (stop)\n');
    expect(words).toContain(none(id));
  });

  test('W21 of what nobody can tell, it says that', async () => {
    const id = await remindedPair([{ state: 'unknown' }, { state: 'skipped', reason: 'expired', gate: 'expired' }]);
    const words = await flagOf(id);
    expect(words).toContain('- email, Saturday, November 21: not known to have arrived (outcome unknown)\n');
    expect(words).toContain('- email, Sunday, November 22: not delivered (expired)\n');
    expect(words).toContain(`It is not known whether any reminder reached ${id}_mentor`);
    expect(words).not.toContain('No reminder reached');
  });

  test('W21 of none, it says that none reached the mentor', async () => {
    const id = await remindedPair([{ state: 'skipped', reason: 'withdrawn' }]);
    const words = await flagOf(id);
    expect(words).toContain(none(id));
    expect(words).not.toContain('November 21');
  });
});
