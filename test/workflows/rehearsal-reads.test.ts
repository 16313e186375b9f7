import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOUR } from '../../policy/time.ts';
import { type Rehearsed, startRehearsed } from '../support/rehearsed.ts';
import { openTerm } from './term.ts';

/** A rehearsal as `npm run rehearse` starts it: what pairs last said is read, and no query meets a run that is about to end. */

let world: Rehearsed;
beforeAll(async () => {
  world = await startRehearsed({ queries: false });
});
afterAll(() => world.stop());

describe('a rehearsal in which pairs are read all the time', () => {
  it('V4 goes on over new runs of a pair, and reads what has been applied', async () => {
    const term = await openTerm(world, { weeks: 6, endsAfterWeeks: 6 });
    await term.until(0, '12:00');
    for (let event = 0; event < 60; event++) {
      await term.event('conversation.logged', { by: event % 2 ? 'mentor' : 'mentee' }, { unsettled: true });
      await world.call('GET', `/v1/pairs/${term.pairId()}`);
      if (event % 20 === 19) await world.advanceTo((await world.now()) + HOUR);
    }
    const read = await fetch(`${world.url}/v1/pairs/${term.pairId()}`, {
      headers: { authorization: `Bearer ${world.key}` },
    });
    expect(read.headers.get('Tandem-Source')).toBe('projection');
    expect(await read.json()).toMatchObject({ conversations: 30, classWeek: { sessionDate: term.first } });
    const { conversations } = (await term.view()) as unknown as { conversations: number };
    expect(conversations).toBe(30);
  });

  it('E4 an event that is waited for answers what it changed', async () => {
    const term = await openTerm(world, { weeks: 6, endsAfterWeeks: 6 });
    await term.until(1, '12:00');
    const headers = { authorization: `Bearer ${world.key}`, 'content-type': 'application/json', prefer: 'wait=5' };
    const time = new Date(await world.now()).toISOString();
    const about = { specversion: '1.0', id: 'waited', source: 'platform', type: 'tandem.message.sent', time };
    const body = JSON.stringify({ ...about, subject: term.pairId(), data: { by: 'mentee' } });
    const answer = await fetch(`${world.url}/v1/events`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ state: 'applied', next: { template: 'class-reminder' } });
  });
});
