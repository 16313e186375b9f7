import { afterAll, beforeAll, expect, test } from 'vitest';
import { DAY, dateOf, instantOf, MINUTE } from '../../policy/time.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';

/** A message of staff to many, through the whole application on a virtual clock (T10). */

const zone = 'America/New_York';
let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed();
  const tomorrow = dateOf((await world.now()) + DAY, zone);
  const program = { name: 'Example High School', zone, staff: { operations: 'ops' }, policy: { contact: {} } };
  await world.call('PUT', '/v1/programs/prog', program);
  for (const [id, role] of [
    ['ada', 'mentor'],
    ['bo', 'mentor'],
    ['mia', 'mentee'],
    ['noa', 'mentee'],
    ['ops', 'staff'],
  ] as const) {
    const person = { name: `Name of ${id}`, email: `${id}@example.org`, programs: [{ programId: 'prog', role }] };
    await world.call('PUT', `/v1/people/${id}`, { ...person, capacity: { mentee: 2 } });
  }
  await world.advanceTo(instantOf(tomorrow, '10:00', zone));
  for (const [id, mentorId, menteeId] of [
    ['first', 'ada', 'mia'],
    ['second', 'ada', 'noa'],
    ['third', 'bo', 'noa'],
  ] as const) {
    await world.call('POST', '/v1/pairs', { id, programId: 'prog', mentorId, menteeId });
  }
  await world.settle();
});
afterAll(() => world.stop());

const items = async (path: string) => (await world.call('GET', path)).items as Array<Record<string, unknown>>;

test('T10 a conversation moves a pair out of the list, and the message goes to the others once', async () => {
  const time = new Date(await world.now()).toISOString();
  const event = { specversion: '1.0', id: 'talk', source: 'platform', type: 'tandem.conversation.logged', time };
  await world.call('POST', '/v1/events', { ...event, subject: 'third', data: { by: 'bo' } });
  await world.settle();
  const filter = { conversations: '0' };
  expect((await items('/v1/pairs?programId=prog&conversations=0')).map(({ id }) => id).sort()).toEqual([
    'first',
    'second',
  ]);
  expect((await items('/v1/pairs?programId=prog&conversations=1..')).map(({ id }) => id)).toEqual(['third']);

  const words = { subject: 'Say hello', text: 'A first conversation takes five minutes.' };
  const asked = { programId: 'prog', filter, audience: 'both', channel: 'email', ...words };
  const preview = await world.call('POST', '/v1/messages:broadcast', { ...asked, dryRun: true });
  const sent = await world.call('POST', '/v1/messages:broadcast', asked);
  expect(sent.recipients).toEqual(preview.recipients);
  await world.advanceTo((await world.now()) + 5 * MINUTE);
  const told = await items(`/v1/messages?broadcastId=${sent.broadcastId}`);
  expect(told.map(({ to, state, pairIds }) => [to, state, pairIds]).sort()).toEqual([
    ['ada', 'sent', ['first', 'second']],
    ['mia', 'sent', ['first']],
    ['noa', 'sent', ['second']],
  ]);
  expect(told.find(({ to }) => to === 'mia')?.body).toContain(`Hi Name of mia,\n\n${words.text}`);
  const report = await world.call('GET', '/v1/reports/engagement?programId=prog');
  expect(report).toEqual({ pairs: 3, active: 3, conversations: { none: 2, one_or_two: 1, three_or_more: 0 } });
});
