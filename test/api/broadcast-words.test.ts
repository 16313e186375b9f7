import { describe, expect, test } from 'vitest';
import { putResource } from '../../prisma/store/resources.ts';
import { broadcast, gathered, openBroadcastApi, pair, person, rows, world } from '../support/broadcast-api.ts';

openBroadcastApi();

describe('M11 the words', () => {
  const faults = async (change: object) => {
    await pair(await person('ada'), await person('mia'));
    const { body } = await broadcast({ dryRun: true, ...change }).expect(422);
    return body.errors.map(({ pointer }: { pointer: string }) => pointer);
  };

  test.each([
    ['a link of somebody else', { text: 'See https://elsewhere.example/' }, '/text'],
    ['a link that leads each to another place', { text: 'See https://example.org/p/pair_1' }, '/text'],
    ['a link of somebody else in the subject', { subject: 'www.elsewhere.example' }, '/subject'],
    ['a control character', { text: 'Hi\u0007' }, '/text'],
    ['a subject of two lines', { subject: 'Hi\nBcc: all' }, '/subject'],
    ['no text', { text: ' \n ' }, '/text'],
    ['no subject of a mail', { subject: undefined }, '/subject'],
    ['a text of too many segments', { channel: 'sms', text: 'x'.repeat(700) }, '/text'],
    ['too long a text', { text: 'x'.repeat(5001) }, '/text'],
  ])('M11 %s is refused', async (_, change, pointer) => {
    expect(await faults(change)).toEqual([pointer]);
    expect(await rows()).toBe(0);
  });

  test('M11 fixed links of the program and addresses of its resources may stand in it, and leave with it', async () => {
    await pair(await person('ada'), await person('mia'));
    const url = 'https://guides.example/going-quiet';
    const put = { title: 'Guide', text: null, url, topics: [], audience: 'all', locale: 'en' } as const;
    await putResource(world.api.database, world.programId, { key: 'guide', off: false, ...put }, world.now);
    const text = `Choose at https://example.org/choose, and read ${url}.`;
    await broadcast({ text, audience: 'mentor' }).expect(200);
    await gathered();
    expect(world.sends.handed[0]?.body).toContain(text);
  });

  test('M11 what looks like a merge field stays as it is', async () => {
    await pair(await person('ada', { name: 'Ada' }), await person('mia'));
    const text = 'Hi {{ recipient.name }} {% if true %}';
    await broadcast({ text, audience: 'mentor' }).expect(200);
    await gathered();
    expect(world.sends.handed[0]?.body).toContain(text);
  });

  test('M8 a mail that is not copied carries the address on which one click ends such mail', async () => {
    await pair(await person('ada'), await person('mia'));
    await broadcast({ audience: 'mentee' }).expect(200);
    await gathered();
    expect(world.sends.handed[0]?.unsubscribeUrl).toMatch(/\/unsubscribe$/);
  });
});
