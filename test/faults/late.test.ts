import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { carriedBy, type Delivery, type DeliveryChannel } from '../../activities/channels/channel.ts';
import { openOutbox } from '../../activities/channels/outbox.ts';
import { createDispatchActivities } from '../../activities/dispatch/activity.ts';
import { createRenderer } from '../../activities/render.ts';
import { queryRows } from '../../prisma/database.ts';
import { wallClock } from '../../runtime/clock.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { createTestDatabase } from '../support/database.ts';
import { seedBurst } from './support/burst.ts';

/** What may be asked of an outbox, and by whom, and what is no longer handed over (M9). */

let place: string;
let path: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'tandem-late-'));
  path = join(place, 'outbox.ndjson');
});
afterEach(() => rm(place, { recursive: true, force: true }));

async function fateOf(outbox: DeliveryChannel, id: string): Promise<string> {
  const send = {
    id,
    channel: 'email',
    provider: outbox.provider,
    address: null,
    body: null,
    claimedAt: new Date(),
    otherIds: [] as string[],
  } as const;
  return (await outbox.lookUp(send)).fate;
}

function delivery(sendId: string): Delivery {
  const words = { subject: null, body: '{"id":"other"}', template: 'class-reminder' };
  return {
    sendId,
    messageIds: [sendId],
    personId: 'mentor',
    to: 'mentor@example.org',
    bcc: [],
    deliverBy: 0,
    unsubscribeUrl: null,
    ...words,
  };
}

describe('an outbox', () => {
  it('M9 cannot tell of a hand-over that is under way, and can once it is over', async () => {
    const outbox = await openOutbox(path, wallClock.now);
    const under = outbox.deliver(delivery('first'));
    expect(await fateOf(outbox, 'first')).toBe('unknown');
    await under;
    expect([await fateOf(outbox, 'first'), await fateOf(outbox, 'second')]).toEqual(['accepted', 'absent']);
    await outbox.close();
  });

  it('M9 does not take half a line for a hand-over, and begins a line of its own after it', async () => {
    await appendFile(path, JSON.stringify({ id: 'half', body: 'a {b} c' }).slice(0, -4));
    const outbox = await openOutbox(path, wallClock.now);
    await outbox.deliver(delivery('whole'));
    expect([await fateOf(outbox, 'half'), await fateOf(outbox, 'whole')]).toEqual(['absent', 'accepted']);
    await outbox.close();
  });

  it('M9 keeps its name, and another file has another one', async () => {
    const names: string[] = [];
    for (const at of [path, path, join(place, 'other.ndjson')]) {
      const outbox = await openOutbox(at, wallClock.now);
      names.push(outbox.provider);
      await outbox.close();
    }
    expect(names[1]).toBe(names[0]);
    expect(names[2]).not.toBe(names[0]);
  });
});

describe('a claim that is too old', () => {
  for (const { settleAfterSeconds, delivered } of [
    { settleAfterSeconds: 0, delivered: false },
    { settleAfterSeconds: 60, delivered: true },
  ]) {
    it(`M9 ${delivered ? 'in time is' : 'past half its settle time is not'} handed over`, async () => {
      const { database, drop } = await createTestDatabase();
      try {
        await seedBurst(database, 3);
        const handed: string[] = [];
        const channel: DeliveryChannel = {
          provider: 'test',
          carries: ['email'],
          settleAfterSeconds,
          deliver: async ({ sendId }) => {
            handed.push(sendId);
            return { class: 'accepted', code: 'test', providerId: sendId };
          },
          lookUp: async () => ({ fate: 'unknown' }),
        };
        const deps = { database, clock: wallClock, renderer: createRenderer(), metrics: createMetrics() };
        const activities = createDispatchActivities({
          ...deps,
          channels: carriedBy(channel),
          links: {
            inboundDomain: null,
            preferencesPage: () => 'https://tandem.example.org/preferences',
            responsePage: () => 'https://tandem.example.org/r',
          },
          classify: (template) => classify(template as TemplateKey),
          nudge: async () => undefined,
        });
        await activities.dispatch({ shard: 'people', notBefore: 0 });
        expect(handed).toHaveLength(delivered ? 3 : 0);
        const sends = await queryRows(database, 'select state, outcome from sends');
        const expected = delivered ? { state: 'accepted', outcome: null } : { state: 'unknown', outcome: 'too_late' };
        expect(sends).toEqual([expected, expected, expected]);
      } finally {
        await drop();
      }
    });
  }
});
