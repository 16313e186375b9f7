import { describe, expect, test } from 'vitest';
import { DAY } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import {
  broadcast,
  gathered,
  ids,
  ledger,
  openBroadcastApi,
  pair,
  person,
  rows,
  world,
} from '../support/broadcast-api.ts';

openBroadcastApi();

describe('T10 a filtered set', () => {
  test('T10 the dry run tells who would get it and how it reads, and sends nothing', async () => {
    const [ada, bo, mia, noa] = [await person('ada'), await person('bo'), await person('mia'), await person('noa')];
    const [first, second] = [await pair(ada, mia, 0), await pair(bo, noa, 3)];
    const { body } = await broadcast({ filter: { conversations: '0' }, dryRun: true }).expect(200);
    expect(body.recipients).toEqual([
      { personId: ada, pairIds: [first], channel: 'email' },
      { personId: mia, pairIds: [first], channel: 'email' },
    ]);
    expect(body).toMatchObject({ excluded: [], counts: { recipients: 2, excluded: 0 }, broadcastId: null });
    expect(body.preview.subject).toBe('Our picnic');
    expect(body.preview.body).toContain(
      'Come and eat with us.\n\nBring a friend.\n\nWarm regards,\nExample High School',
    );
    expect([await rows(), world.nudged]).toEqual([0, []]);
    const many = await broadcast({ filter: { conversations: '3..' }, dryRun: true }).expect(200);
    expect(many.body.recipients[0].pairIds).toEqual([second]);
  });

  test('T10 those of the preview are those to whom it is sent, each once, in the words of the preview', async () => {
    const [ada, mia, noa] = [await person('ada'), await person('mia'), await person('noa')];
    await person('elsewhere');
    const [first, second] = [await pair(ada, mia, 0), await pair(ada, noa, 0)];
    await pair(await person('bo'), await person('ole'), 1);
    const preview = await broadcast({ filter: { conversations: '0' }, dryRun: true }).expect(200);
    const sent = await broadcast({ filter: { conversations: '0' } }).expect(200);
    expect(sent.body.recipients).toEqual(preview.body.recipients);
    expect(sent.body.recipients[0]).toEqual({ personId: ada, pairIds: [first, second], channel: 'email' });
    expect(world.nudged).toEqual(['people']);
    await gathered();
    expect(world.sends.handed.map(({ personId }) => personId).sort()).toEqual(ids(preview.body.recipients).sort());
    const toAda = world.sends.handed.find(({ personId }) => personId === ada);
    expect([toAda?.to, toAda?.subject]).toEqual([`${ada}@example.org`, 'Our picnic']);
    expect(toAda?.body).toContain('Hi ada,\n\nCome and eat with us.\n\nBring a friend.\n\nWarm regards,');
    await gathered();
    expect(world.sends.handed).toHaveLength(3);
  });

  test.each([
    ['mentor', ['ada', 'bo']],
    ['mentee', ['mia', 'noa']],
    ['both', ['ada', 'bo', 'mia', 'noa']],
  ])('T10 to %s it goes to these sides of a pair', async (audience, expected) => {
    await pair(await person('ada'), await person('mia'));
    await pair(await person('bo'), await person('noa'));
    const { body } = await broadcast({ audience, dryRun: true }).expect(200);
    expect(ids(body.recipients)).toEqual(expected.map((name) => `${world.programId}_${name}`));
  });

  test('T10 one person in two roles is written to once, about both pairs', async () => {
    const [kim, ada, mia] = [await person('kim'), await person('ada'), await person('mia')];
    const about = [await pair(kim, mia), await pair(ada, kim)];
    const { body } = await broadcast().expect(200);
    expect(body.recipients.find(({ personId }: { personId: string }) => personId === kim).pairIds).toEqual(about);
    const [row] = await ledger(body.broadcastId, { personId: kim });
    expect(row).toMatchObject({ role: 'mentor', pairIds: about, key: `${body.broadcastId}/${kim}` });
  });

  test('T10 closed and paused pairs are left out unless they are asked for', async () => {
    const open = await pair(await person('ada'), await person('mia'));
    const closed = await pair(await person('bo'), await person('noa'));
    await execute(world.api.database, `update pairs set state = 'closed' where id = $1`, closed);
    const paused = await pair(await person('cy'), await person('ole'));
    const carried = JSON.stringify({ ctx: { pauses: [{ from: world.now - DAY, until: null }] } });
    await execute(world.api.database, 'update pairs set projection = $2::jsonb where id = $1', paused, carried);
    const pairsOf = async (filter: object) => {
      const { body } = await broadcast({ filter, audience: 'mentor', dryRun: true }).expect(200);
      return body.recipients.flatMap(({ pairIds }: { pairIds: string[] }) => pairIds);
    };
    expect(await pairsOf({})).toEqual([open]);
    expect(await pairsOf({ state: 'closed' })).toEqual([closed]);
    expect(await pairsOf({ state: 'paused' })).toEqual([paused]);
  });

  test('T10 the filters are those of the list of pairs, and a fault has a pointer', async () => {
    const faultsOf = async (filter: object) => {
      const { body } = await broadcast({ filter, dryRun: true }).expect(422);
      return body.errors.map(({ pointer }: { pointer: string }) => pointer);
    };
    expect(await faultsOf({ conversations: 'many' })).toEqual(['/filter/conversations']);
    expect(await faultsOf({ limit: '5' })).toEqual(['/filter/limit']);
    expect(await faultsOf({ programId: 'another' })).toEqual(['/filter/programId']);
    await broadcast({ filter: { programId: world.programId, meetings: '..1', focus: 'true' }, dryRun: true }).expect(
      200,
    );
  });
});
