import fc from 'fast-check';
import request from 'supertest';
import { describe, expect, test } from 'vitest';
import { execute } from '../../prisma/database.ts';
import { event, openEventApi, plain, send, structured, world } from '../support/event-api.ts';
import { seedPerson } from '../support/mentoring.ts';

openEventApi();

describe('an event that is not valid', () => {
  const wrong: Array<[string, Record<string, unknown>, string[]]> = [
    ['of an unknown type', { type: 'tandem.lesson.skipped' }, ['/type']],
    ['without offset', { time: '2026-10-01T11:00:00' }, ['/time']],
    ['with an id that is none', { id: 'a b' }, ['/id']],
    ['with an empty source', { source: '' }, ['/source']],
    ["with Tandem's own source", { source: 'tandem' }, ['/source']],
    ['without what its type needs', { data: {} }, ['/data/by']],
    ['without data', { data: undefined }, ['/data']],
    ['with a field that is none', { data: { by: 'mentor', foo: 1 } }, ['/data/foo']],
    ['with a date that is none', { data: { by: 'mentor', sessionDate: '2026-02-30' } }, ['/data/sessionDate']],
    ['reported by a name', { data: { by: 'Anna Miller' } }, ['/data/by']],
    [
      'with a score outside its scale',
      { type: 'tandem.survey.answered', data: { by: 'mentor', instrument: 'mqs', score: 6, scale: 5 } },
      ['/data/score'],
    ],
    [
      "with an option that is the mentor's alone",
      { type: 'tandem.contact.trouble', data: { by: 'mentee', option: 'unmatch_no_rematch' } },
      ['/data/option'],
    ],
  ];
  test.each(wrong)('E3 %s is 422 with a pointer', async (_, change, pointers) => {
    for (const type of [structured, plain]) {
      const answer = await send(event(change), type).expect(422);
      expect(answer.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
    }
  });

  test('E2 K8 a meeting told as held that lies ahead is 422 with a pointer, and one that is planned is taken', async () => {
    const at = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const held = { type: 'tandem.meeting.recorded', data: { by: 'mentor', occurred: true, at } };
    const answer = await send(event(held), structured).expect(422);
    expect(answer.body.errors).toMatchObject([{ pointer: '/data/at', detail: expect.stringContaining('scheduled') }]);
    await send(event({ type: 'tandem.meeting.scheduled', data: { at } }), structured).expect(202);
  });

  test('T2 a report of trouble by the guardian of an adult is 422, by that of a minor it is taken', async () => {
    const { database } = world.api;
    await seedPerson(database, 'per_guardian');
    const age = (minor: boolean) =>
      execute(database, `update people set guardian_id = 'per_guardian', is_minor = $1 where id = 'mentee'`, minor);
    for (const by of ['guardian', 'per_guardian']) {
      const report = () => event({ type: 'tandem.contact.trouble', data: { by, option: 'remove_me' } });
      await age(false);
      const answer = await send(report()).expect(422);
      expect(answer.body.errors).toEqual([{ pointer: '/data/by', detail: 'Has no part in this pair' }]);
      await age(true);
      await send(report()).expect(202);
    }
  });

  test('E3 in binary form points to headers and into the body', async () => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': 'x', 'ce-type': 'tandem.lesson.completed', 'ce-source': '/s' };
    const answer = await send({ by: 5 }, plain, { ...headers, 'ce-subject': 'pair_a' }).expect(422);
    const pointers = answer.body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers.sort()).toEqual(['/by', '/header/ce-time']);
  });

  test('E3 without any body is 422', async () => {
    await request(world.api.app).post('/v1/events').set(world.auth).expect(422);
  });

  test('E3 hostile bodies and headers are never our failure', async () => {
    const names = fc.constantFrom(
      'specversion',
      'id',
      'source',
      'type',
      'subject',
      'time',
      'data',
      'by',
      'retracts',
      'x',
    );
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('1.0', 'tandem.meeting.recorded', '2026-10-01T11:00:00Z', 1e308),
    );
    const body = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(names, value),
      fc.record({ data: fc.dictionary(names, value) }).map(event),
    );
    const type = fc.constantFrom(structured, plain, 'application/cloudevents-batch+json');
    const header = fc.dictionary(
      fc.constantFrom('ce-id', 'ce-type', 'ce-time', 'ce-source', 'prefer'),
      fc.stringMatching(/^[\x21-\x7e]{0,30}$/),
    );
    await fc.assert(
      fc.asyncProperty(body, type, header, async (given, mediaType, headers) => {
        const wrapped = mediaType.includes('batch') ? [given, event()] : given;
        const { status } = await send(wrapped, mediaType, headers);
        expect(status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });
});
