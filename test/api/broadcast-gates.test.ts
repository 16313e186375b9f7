import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import {
  broadcast,
  gathered,
  ids,
  ledger,
  noon,
  openBroadcastApi,
  openSafetyCase,
  pair,
  person,
  rows,
  suppress,
  words,
  world,
} from '../support/broadcast-api.ts';

openBroadcastApi();

describe('T10 the gates of every message', () => {
  /** Somebody for each gate, and `ada` who passes all. */
  async function everybody(): Promise<void> {
    const mia = await person('mia');
    await pair(await person('ada'), mia);
    await pair(await person('gone', { removed: true }), mia);
    await suppress(`${world.programId}_stopped@example.org`, 'announcement');
    await pair(await person('stopped'), mia);
    await pair(await person('nowhere', { email: null }), mia);
    await openSafetyCase(await pair(await person('held'), await person('minor', { isMinor: true })));
  }

  test('T10 who is excluded is told with the gate’s reason, and so is the ledger', async () => {
    await everybody();
    const { body } = await broadcast().expect(200);
    const excluded = {
      gone: 'removed',
      held: 'held',
      minor: 'no_consent',
      nowhere: 'unreachable',
      stopped: 'suppressed',
    };
    expect(body.excluded).toEqual(
      Object.entries(excluded).map(([name, reason]) => ({ personId: `${world.programId}_${name}`, reason })),
    );
    const reached = [`${world.programId}_ada`, `${world.programId}_mia`];
    expect(ids(body.recipients)).toEqual(reached);
    const told = await ledger(body.broadcastId, { state: 'skipped' });
    expect(
      Object.fromEntries(told.map(({ to, reason }) => [String(to).slice(world.programId.length + 1), reason])),
    ).toEqual(excluded);
    const nowhere = told.find(({ to }) => to === `${world.programId}_nowhere`);
    const detail = await request(world.api.app).get(`/v1/messages/${nowhere?.id}`).set(world.auth).expect(200);
    expect(detail.body.gates).toEqual([{ gate: 'address', at: new Date(noon).toISOString() }]);
    await gathered();
    expect(ids(world.sends.handed).sort()).toEqual(reached);
    expect(await ledger(body.broadcastId, { state: 'sent' })).toHaveLength(2);
    expect(await rows()).toBe(7);
  });

  test('K6 that somebody is held is told to keys with the scope sensitive alone', async () => {
    await everybody();
    const { body } = await broadcast({ dryRun: true }, await world.api.bearer({ scopes: ['command'] })).expect(200);
    expect(body.excluded[1]).toEqual({ personId: `${world.programId}_held`, reason: 'unavailable' });
  });

  test('M1 without the gates the excluded ones would have got it', async () => {
    await everybody();
    const { body } = await broadcast().expect(200);
    const open = `
      update messages set state = 'waiting', reason = null where owner = $1 and person_id in (
        select id from people where id like '%_held' or id like '%_stopped')`;
    await execute(world.api.database, open, `broadcast:${body.broadcastId}`);
    await execute(world.api.database, `delete from cases where program_id = $1`, world.programId);
    await execute(world.api.database, 'delete from suppressions');
    await gathered();
    expect(
      ids(world.sends.handed)
        .map((id) => id.slice(world.programId.length + 1))
        .sort(),
    ).toEqual(['ada', 'held', 'mia', 'stopped']);
  });

  test('M5 a text goes as a mail to who cannot get texts, with the same words', async () => {
    const [ada, mia] = [await person('ada', { phone: '+12125551000', texts: true }), await person('mia')];
    await pair(ada, mia);
    const { subject: _, ...text } = { ...words, channel: 'sms' };
    const { body } = await broadcast({ ...text, subject: undefined }).expect(200);
    expect(body.recipients.map(({ channel }: { channel: string }) => channel)).toEqual(['sms', 'email']);
    expect(body.preview).toMatchObject({ subject: null, segments: 1 });
    await gathered();
    await world.sends.dispatch();
    const handed = Object.fromEntries(
      world.sends.handed.map(({ personId, to, subject, body }) => [personId, { to, subject, body }]),
    );
    expect(handed[ada]).toMatchObject({ to: '+12125551000', subject: null });
    expect(handed[ada]?.body).toMatch(/^Example High School: Come and eat with us\.\n\nBring a friend\./);
    expect(handed[mia]).toMatchObject({ to: `${mia}@example.org`, subject: 'A message from Example High School' });
    expect(handed[mia]?.body).toContain('Come and eat with us.');
  });

  test('M2 at night it waits for the morning; M3 it takes the day’s place', async () => {
    world.now = noon + 10 * HOUR;
    await pair(await person('ada'), await person('mia'));
    const { body } = await broadcast({ audience: 'mentor' }).expect(200);
    await gathered();
    expect(world.sends.handed).toEqual([]);
    world.now = noon + 19 * HOUR;
    const again = await broadcast({ audience: 'mentor', subject: 'Something else' }).expect(200);
    await gathered();
    expect(world.sends.handed).toHaveLength(1);
    expect(world.sends.handed[0]?.subject).toBe('Messages from Example High School');
    expect(world.sends.handed[0]?.body).toContain('Our picnic\n\nCome and eat');
    expect(world.sends.handed[0]?.body).toContain('Something else\n\nCome and eat');
    // Of two that merge the one with the lower key is sent, and a broadcast's id is made of the caller's key.
    const both = await Promise.all([body, again.body].map(({ broadcastId }) => ledger(broadcastId)));
    expect(both.map(([row]) => [row?.state, row?.reason]).sort()).toEqual([
      ['sent', null],
      ['skipped', 'merged'],
    ]);
    world.now += HOUR;
    await broadcast({ audience: 'mentor', subject: 'A third' }).expect(200);
    await gathered();
    expect(world.sends.handed).toHaveLength(1);
    world.now += DAY;
    await world.sends.dispatch();
    expect(world.sends.handed[1]?.subject).toBe('A third');
  });

  test('M6 who is in none of the pairs any more is not written to, and who still is in one is', async () => {
    world.now = noon + 10 * HOUR;
    const [ada, bo, mia] = [await person('ada'), await person('bo'), await person('mia')];
    const ended = [await pair(ada, mia), await pair(bo, mia)];
    await pair(bo, await person('noa'));
    const { body } = await broadcast({ audience: 'mentor' }).expect(200);
    await execute(world.api.database, `update pairs set state = 'closed' where id = any($1::text[])`, ended);
    world.now = noon + 20 * HOUR;
    await world.sends.dispatch();
    expect(ids(world.sends.handed)).toEqual([bo]);
    const [row] = await ledger(body.broadcastId, { personId: ada });
    expect(row).toMatchObject({ state: 'skipped', reason: 'withdrawn' });
  });

  test('M6 what is meant for closed pairs goes to them', async () => {
    const closed = await pair(await person('ada'), await person('mia'));
    await execute(world.api.database, `update pairs set state = 'closed' where id = $1`, closed);
    await broadcast({ filter: { state: 'closed' }, audience: 'mentor' }).expect(200);
    await gathered();
    expect(ids(world.sends.handed)).toEqual([`${world.programId}_ada`]);
  });
});
