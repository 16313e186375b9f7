import { describe, expect, test } from 'vitest';
import { withDefaults } from '../../policy/program.ts';
import { putProgram } from '../../prisma/store/programs.ts';
import { batch, event, now, openEventApi, send, stored, world } from '../support/event-api.ts';

openEventApi();

const flag = (text: string, change: Record<string, unknown> = {}) =>
  event({
    type: 'tandem.flag.submitted',
    data: { by: 'mentee', topic: 'other', priority: 'normal', text },
    ...change,
  });

async function listenFor(keywords: string[]): Promise<void> {
  const policy = { safety: { keywords } };
  const document = withDefaults({ name: 'prog_b', zone: 'UTC', policy });
  await putProgram(world.api.database, { id: 'prog_b', document, applyNow: false, now });
}

describe('words of an event', () => {
  test('K6 that may tell of danger are coded, and go before all others; the words stay outside', async () => {
    const sent = flag('I want to kill myself');
    await send(sent).expect(202);
    const row = await stored(sent.id);
    expect(row).toMatchObject({ urgent: true, data: { given: ['text'], keyword: 'self_harm' } });
    expect(JSON.stringify(row.data)).not.toContain('kill');
    const harmless = flag('My mom is going to kill me');
    await send(harmless).expect(202);
    expect(await stored(harmless.id)).toMatchObject({ urgent: false, data: { given: ['text'] } });
  });

  test("K6 a mentee's discomfort is urgent, and so is what old events tell of", async () => {
    const data = { respondent: 'mentee', mode: 'form', answers: {}, safetyConcern: false, discomfort: true };
    const sent = event({ type: 'tandem.checkin.recorded', data });
    await send(sent).expect(202);
    expect(await stored(sent.id)).toMatchObject({ urgent: true });
    const old = flag('he hits me', { time: '2026-01-01T00:00:00Z' });
    await send(old).expect(202);
    expect(await stored(old.id)).toMatchObject({ urgent: true, history: true, data: { keyword: 'abuse' } });
  });

  test("K6 are held against the list of the pair's program, and of an unknown pair against the standard one", async () => {
    await listenFor(['blue lantern']);
    const [own, other, unknown] = [
      flag('he hits me', { subject: 'pair_b' }),
      flag('Blue Lantern', { subject: 'pair_b' }),
      flag('he hits me', { subject: 'pair_to_come' }),
    ];
    world.count.reset();
    await batch([own, other, unknown]).expect(202);
    // One look at the lists, and one insert, however many come with words.
    expect(world.count.statements()).toBe(2);
    expect((await stored(own.id)).data.keyword).toBeUndefined();
    expect((await stored(other.id)).data.keyword).toBe('program');
    expect(await stored(unknown.id)).toMatchObject({ urgent: true, state: 'parked', data: { keyword: 'abuse' } });
  });

  test('E1 how they were coded is no part of what an event is: the same again is the same under another list', async () => {
    await listenFor(['blue lantern']);
    const sent = flag('blue lantern', { subject: 'pair_b' });
    await send(sent).expect(202);
    await listenFor(['red balloon']);
    await send(sent).expect(202);
    expect((await stored(sent.id)).data.keyword).toBe('program');
    await send({ ...sent, data: { ...sent.data, text: 'other words' } }).expect(409);
  });
});
