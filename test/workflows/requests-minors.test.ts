import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryRows } from '../../prisma/database.ts';
import { openAsking } from '../support/asking.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
});
afterAll(() => world.stop());

describe('minors, and people who are not to be in a pair', () => {
  it('R2 with a minor on either side mail carries no words of the other, the view masks contacts, and staff read all', async () => {
    const asking = await openAsking(world);
    await asking.putPerson('gil', 'guardian');
    await asking.putPerson('kim', 'mentee', { isMinor: true, guardian: 'gil' });
    const message = 'Write me at kim@example.com or 212-555-0199, see https://chat.example.net/kim. I love chess.';
    expect((await asking.post('kim', 'ada', { message })).body).toMatchObject({
      code: 'consent_missing',
      field: 'menteeId',
    });
    const consent = {
      granted: true,
      by: asking.person('gil'),
      source: 'form',
      wording: 'You may write.',
      at: new Date(await world.now()).toISOString(),
    };
    await world.call('PUT', `/v1/people/${asking.person('kim')}/consents/contact`, consent);
    const id = await asking.request('kim', 'ada', { message });
    expect((await asking.words('ada'))[0]).not.toMatch(/chess|kim@|0199/);
    expect(await asking.read(id)).toMatchObject({ message });
    const { key } = (await asking.ask('POST', '/v1/keys', { name: 'platform', scopes: ['read'] })).body;
    const shown = String((await asking.read(id, String(key))).message);
    expect(shown).toBe('Write me at [hidden] or [hidden], see [hidden] I love chess.');
    await asking.answer(id, 'accept', 'ada');
    expect((await asking.words('kim'))[0]).toContain('is now your mentor');
  });

  it('R5 accepting is refused while a minor lost the consent, or somebody was removed, held or is unconfirmed', async () => {
    const asking = await openAsking(world, { mentees: ['mia'] });
    await asking.putPerson('gil', 'guardian');
    await asking.putPerson('kim', 'mentee', { isMinor: true, guardian: 'gil' });
    const consent = (granted: boolean) => async () => {
      const at = new Date(await world.now()).toISOString();
      const body = { granted, by: asking.person('gil'), source: 'form', wording: 'Yes.', at };
      await world.call('PUT', `/v1/people/${asking.person('kim')}/consents/contact`, body);
    };
    await consent(true)();
    const id = await asking.request('kim', 'ada');
    await consent(false)();
    expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({
      code: 'consent_missing',
      field: 'menteeId',
    });
    await consent(true)();
    const enrolled = async (name: string, state: string) =>
      asking.execute('update enrolments set state = $2 where person_id = $1', asking.person(name), state);
    for (const [name, state, code] of [
      ['ada', 'unconfirmed', 'unconfirmed'],
      ['ada', 'removed', 'mentor_unavailable'],
      ['kim', 'removed', 'mentee_unavailable'],
      ['kim', 'optedOut', 'mentee_unavailable'],
    ] as const) {
      await enrolled(name, state);
      expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({ code });
      expect((await asking.post('kim', name === 'ada' ? 'ada' : 'bo')).status).not.toBe(201);
      await enrolled(name, 'active');
    }
    const opening = {
      kind: 'safety',
      personId: asking.person('ada'),
      programId: asking.programId,
      reason: 'concern',
      by: asking.person('ops'),
    };
    const held = await asking.ask('POST', '/v1/cases', opening);
    if (held.status === 201) {
      expect((await asking.answer(id, 'accept', 'ada')).body).toMatchObject({ code: 'held' });
      const { key } = (await asking.ask('POST', '/v1/keys', { name: 'platform', scopes: ['read', 'command'] })).body;
      const told = await asking.ask('POST', `/v1/requests/${id}:accept`, { by: asking.person('ada') }, String(key));
      expect(told.body).toMatchObject({ code: 'mentor_unavailable' });
    }
    expect(held.status).toBe(201);
    expect(await asking.pairs()).toEqual([]);
    expect(await asking.status(id)).toBe('pending');
  });

  it('R1 R10 a request without words is refused; the same again while one is pending is that one, unchanged', async () => {
    const asking = await openAsking(world);
    for (const message of [undefined, '', '   ']) {
      expect(await asking.post('mia', 'ada', { message })).toMatchObject({
        status: 422,
        body: { code: 'message_required' },
      });
    }
    const id = await asking.request('mia', 'ada');
    const again = await asking.post('mia', 'ada', { message: 'Other words' });
    expect(again).toMatchObject({ status: 200, body: { id, message: 'May I learn from you?' } });
    const rows = await queryRows(world.database, 'select 1 from requests where program_id = $1', asking.programId);
    expect(rows).toHaveLength(1);
    expect(await asking.heard('ada')).toEqual(['0 10:00 request-received sent']);
  });

  it('R3 R4 what is pending is listed for mentor, mentee and staff; lowering the limit leaves it alone', async () => {
    const asking = await openAsking(world);
    const ids = [await asking.request('mia', 'ada'), await asking.request('mia', 'bo')];
    await asking.putProgram({ pendingLimit: 1 });
    const refused = await asking.post('mia', 'cy');
    expect(refused).toMatchObject({ status: 409, body: { code: 'pending_limit' } });
    expect([...(refused.body.openRequestIds as string[])].sort()).toEqual([...ids].sort());
    const listed = async (query: string) => {
      const { body } = await asking.ask('GET', `/v1/requests?programId=${asking.programId}&${query}`);
      return (body.items as Array<{ id: string }>).map(({ id }) => id).sort();
    };
    expect(await listed('status=pending')).toEqual([...ids].sort());
    expect(await listed(`mentorId=${asking.person('bo')}`)).toEqual([ids[1]]);
    expect(await listed(`menteeId=${asking.person('mia')}&status=pending`)).toEqual([...ids].sort());
    await asking.answer(ids[0] as string, 'decline', 'ada', { reason: 'other' });
    expect(await listed('status=declined')).toEqual([ids[0]]);
    expect((await asking.post('mia', 'cy')).status).toBe(409);
    await asking.answer(ids[1] as string, 'decline', 'bo', { reason: 'other' });
    expect((await asking.post('mia', 'cy')).status).toBe(201);
  });
});
