import { describe, expect, test } from 'vitest';
import { decide } from '../../policy/pair/decide.ts';
import { sayOf } from '../../policy/pair/say.ts';
import { applyEvent } from '../../policy/pair/state.ts';
import { DAY } from '../../policy/time.ts';
import { execute } from '../../prisma/database.ts';
import { writeSays } from '../../prisma/store/say.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { pairWorkflowId } from '../../workflows/ids.ts';
import { entry } from '../policy/support.ts';
import { project, seedPerson } from '../support/mentoring.ts';
import { get, made, openPairApi, world } from '../support/pair-api.ts';

openPairApi();

/** Pairs of a mentor of their own with so many conversations and meetings; answers what asks for them. */
async function counted(mentorId: string, counts: Array<[number, number]>) {
  await seedPerson(world.api.database, mentorId, { programs: ['prog_a'] });
  const ids: string[] = [];
  for (const [conversations, meetings] of counts) {
    const id = await made({ mentorId });
    await execute(
      world.api.database,
      'update pairs set conversations = $2, meetings = $3 where id = $1',
      id,
      conversations,
      meetings,
    );
    ids.push(id);
  }
  return async (query: string): Promise<number[]> => {
    const { body } = await get(`?mentorId=${mentorId}&${query}`).expect(200);
    return body.items.map(({ id }: { id: string }) => ids.indexOf(id)).sort();
  };
}

describe('T10 lists of pairs filter by counts', () => {
  test('T10 on exactly so many, on more, on less, and on what lies between', async () => {
    const found = await counted('count_mentor', [
      [0, 0],
      [1, 5],
      [2, 1],
      [3, 0],
      [10, 2],
    ]);
    expect(await found('conversations=0')).toEqual([0]);
    expect(await found('conversations=3..')).toEqual([3, 4]);
    expect(await found('meetings=..1')).toEqual([0, 2, 3]);
    expect(await found('conversations=1..2')).toEqual([1, 2]);
    expect(await found('conversations=1..&meetings=..1')).toEqual([2, 3]);
    expect(await found('conversations=11..')).toEqual([]);
    expect(await found('conversations=0..0')).toEqual([0]);
  });

  test('T10 together with the other filters', async () => {
    const found = await counted('mixed_mentor', [
      [0, 0],
      [0, 0],
      [4, 0],
    ]);
    await execute(
      world.api.database,
      `insert into cases (id, owner, kind, program_id, pair_id, state, reason, facts, details, opened_at)
       select 'case_mixed', 'staff', 'escalation', 'prog_a', id, 'open', 'r', '{}', '{}', created_at
       from pairs where mentor_id = 'mixed_mentor' order by id limit 1`,
    );
    expect(await found('conversations=0&focus=true&state=active&programId=prog_a')).toEqual([0]);
    expect(await found('conversations=3..&focus=true')).toEqual([]);
    expect(await found('conversations=0&state=closed')).toEqual([]);
    expect(await found('conversations=0&programId=prog_b')).toEqual([]);
  });

  test.each(['', '..', '-1', '3...', '2..1', '1.5', 'some', '0,1', '1..2..3', '9999999999'])(
    'T10 %j is refused with a pointer',
    async (range) => {
      const { body } = await get(`?conversations=${range}`).expect(422);
      expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/query/conversations']);
    },
  );

  test('T10 a pair that has said nothing yet counts what it brought along', async () => {
    await seedPerson(world.api.database, 'import_mentor', { programs: ['prog_a'] });
    const id = await made({ mentorId: 'import_mentor', history: { conversations: 5, meetings: 2 } });
    const { body } = await get('?mentorId=import_mentor&conversations=5&meetings=2').expect(200);
    expect(body.items).toMatchObject([{ id, conversations: 5, meetings: 2 }]);
  });

  test('T10 E5 each say writes what the pair shows', async () => {
    await seedPerson(world.api.database, 'said_mentor', { programs: ['prog_a'] });
    const id = await made({ mentorId: 'said_mentor', history: { conversations: 2 } });
    let carried = await project(world.api.database, id);
    const at = world.now + DAY;
    for (const event of [
      entry('conversation.logged', at, { by: 'mentor' }),
      entry('meeting.recorded', at, { by: 'mentor', occurred: true, at }),
    ])
      carried = applyEvent(carried.state, event, carried.ctx, at);
    const say = sayOf(
      pairWorkflowId('prog_a', id),
      carried.state,
      decide(carried.state, at, carried.ctx),
      at,
      carried.ctx,
    );
    const classOf = (template: string, variant?: string | null) => classify(template as TemplateKey, variant);
    await writeSays(world.api.database, [say], classOf);
    const { body } = await get('?mentorId=said_mentor&conversations=3&meetings=1').expect(200);
    expect(body.items).toMatchObject([{ id, conversations: 3, meetings: 1 }]);
  });
});
