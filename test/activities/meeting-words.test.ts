import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compose } from '../../activities/dispatch/compose.ts';
import { createRenderer, type Rendered } from '../../activities/render.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { DAY } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { readWording } from '../../prisma/store/wording.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { insertPair } from '../support/facts.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';

const now = Date.UTC(2026, 10, 25, 15);
let stored: TestDatabase;
let entries = 0;
beforeAll(async () => {
  stored = await createTestDatabase();
  await seedProgram(stored.database, 'prog', now);
  for (const id of ['coord', 'mentor', 'mentee', 'guardian', 'other']) await seedPerson(stored.database, id);
  await execute(stored.database, `update people set guardian_id = 'guardian' where id = 'mentee'`);
  for (const [id, menteeId] of [
    ['pair_1', 'mentee'],
    ['pair_2', 'other'],
  ] as const) {
    await insertPair(stored.database, { id, programId: 'prog', mentorId: 'mentor', menteeId });
  }
});
afterAll(() => stored.drop());

/** An entry with words, so many days before now; its reference. */
async function said(pairId: string, type: string, daysAgo: number, data: object, texts: Record<string, string>) {
  const ref = `evt_${++entries}~s`;
  const [entry] = await queryRows<{ seq: bigint }>(
    stored.database,
    `insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
       history, urgent, data, state)
     select 's', $2, 'd', $3, $4, id, owner, program_id, id, $5, $5, false, false, $6::jsonb, 'applied'
     from pairs where id = $1 returning seq`,
    ...[pairId, `evt_${entries}`, ref, type, new Date(now - daysAgo * DAY), JSON.stringify(data)],
  );
  for (const [field, text] of Object.entries(texts)) {
    const sql = 'insert into free_texts (seq, field, text) values ($1, $2, $3)';
    await execute(stored.database, sql, entry?.seq, field, text);
  }
  return ref;
}

function rowOf(template: TemplateKey, pairId: string, given: Partial<MessageRow>): MessageRow {
  return {
    id: `${template}_${pairId}`,
    owner: `pair:prog:${pairId}`,
    programId: 'prog',
    pairIds: [pairId],
    personId: 'coord',
    role: 'coordinator',
    template,
    variant: null,
    channel: 'email',
    zone: 'America/New_York',
    plannedFor: now,
    classification: classify(template),
    ...given,
    fields: { mentorId: 'mentor', menteeId: pairId === 'pair_1' ? 'mentee' : 'other', ...given.fields },
  } as unknown as MessageRow;
}

async function rendered(...rows: MessageRow[]): Promise<Rendered> {
  const wording = await readWording(stored.database, rows);
  const links = { inboundDomain: null, preferencesPage: () => 'https://x.example/p', responsePage: () => '' };
  return compose(rows, wording, createRenderer(), links) as Rendered;
}

function alert(pairId: string): MessageRow {
  return rowOf('first-meeting-alert', pairId, { fields: { matchedAt: Date.UTC(2026, 10, 2, 12) } });
}

describe('what stands beside the alert that two have not met', () => {
  test('S1 the comments of both and the notes of check-ins, newest first, by role and day', async () => {
    await said('pair_1', 'survey.answered', 3, { by: 'mentee' }, { comment: 'We have not found a day yet.' });
    await said(
      'pair_1',
      'checkin.recorded',
      2,
      { respondent: 'guardian', by: 'coord' },
      { notes: 'She is keen to start.' },
    );
    await said(
      'pair_1',
      'survey.answered',
      1,
      { by: 'mentor' },
      { comment: 'Call me on +1 212 555 0199, or https://x.example/me' },
    );
    await said('pair_2', 'survey.answered', 1, { by: 'mentor' }, { comment: 'About somebody else.' });
    const { body } = await rendered(alert('pair_1'));
    expect(body).toContain(
      [
        '- mentor, Tuesday, November 24: Call me on [hidden], or [hidden]',
        '- guardian, Monday, November 23: She is keen to start.',
        '- mentee, Sunday, November 22: We have not found a day yet.',
      ].join('\n'),
    );
    expect(body).not.toContain('somebody else');
  });

  test('S1 nothing else that was written, nothing that was taken back, and five at most', async () => {
    const { database } = stored;
    await insertPair(database, { id: 'pair_3', programId: 'prog', mentorId: 'mentor', menteeId: 'mentee' });
    const wrong = await said('pair_3', 'survey.answered', 0, { by: 'mentor' }, { comment: 'Taken back.' });
    await said('pair_3', 'survey.answered', 0, { by: 'mentor', retracts: wrong }, {});
    const data = { respondent: 'mentee' };
    await said('pair_3', 'checkin.recorded', 0, data, { 'answers.safe': 'An answer.', roadblocks: 'A roadblock.' });
    await said('pair_3', 'flag.submitted', 0, { by: 'mentee' }, { text: 'A flag.' });
    for (let day = 1; day <= 6; day++) {
      await said('pair_3', 'survey.answered', day, { by: 'mentee' }, { comment: `Comment ${day}.` });
    }
    const { body } = await rendered(alert('pair_3'));
    const shown = [...body.matchAll(/^- (\w+), .*: (.*)$/gm)].map(([, by, text]) => `${by}: ${text}`);
    expect(shown).toEqual([1, 2, 3, 4, 5].map((day) => `mentee: Comment ${day}.`));
  });

  test('S1 M4 the alerts about several pairs are one mail, each pair with its own comments', async () => {
    const { subject, body } = await rendered(alert('pair_1'), alert('pair_2'));
    expect(subject).toBe('2 pairs have not met yet');
    const [first, second] = body.split('mentor (mentor) and other');
    expect(first).toContain('keen to start');
    expect(second).toContain('About somebody else.');
    expect(second).not.toContain('keen to start');
  });
});

describe('what participants and staff read of meetings', () => {
  const asked = (role: 'mentor' | 'mentee' | 'guardian', missing: string[]) =>
    rowOf('meeting-details', 'pair_1', { personId: role, role, fields: { at: Date.UTC(2026, 10, 21, 3), missing } });

  test('K8 a participant is asked for what is missing and for nothing else, with the day in the pair’s zone', async () => {
    const { subject, body } = await rendered(asked('mentor', ['place', 'mood']));
    expect(subject).toBe('A little more about your meeting with mentee');
    expect(body).toContain('With mentee, Friday, November 20:\n- where it was\n- how it felt\n');
    expect(body).not.toContain('who was there');
    expect((await rendered(asked('mentee', ['place']))).subject).toBe('A little more about your meeting with mentor');
  });

  test('K8 a guardian is asked about the meeting of mentor and mentee', async () => {
    const { subject, body } = await rendered(asked('guardian', ['present']));
    expect(subject).toBe("A little more about mentee's meeting with mentor");
    expect(body).toContain('mentee and mentor, Friday, November 20:\n- who was there\n');
  });

  test('M4 K9 the broken promises of a coordinator are one list', async () => {
    const week = { from: '2026-11-16', to: '2026-11-22', kind: 'count', promised: 1, held: 0, minutes: 0, inRow: 3 };
    const month = {
      from: '2026-10-17',
      to: '2026-10-31',
      kind: 'hours',
      promised: 116 / 60,
      held: 2,
      minutes: 90,
      inRow: 1,
    };
    const rows = [
      rowOf('promise-broken', 'pair_1', { fields: week }),
      rowOf('promise-broken', 'pair_2', { fields: month }),
    ];
    const { subject, body } = await rendered(...rows);
    expect(subject).toBe('2 pairs met less than promised');
    expect(body).toContain('0 of 1 meeting, 3 periods in a row. Pair id: pair_1\n');
    expect(body).toContain('90 minutes of 1.93 hours. Pair id: pair_2\n');
  });

  test('K10 the task says which report it is about, and what to do', async () => {
    const { subject, body } = await rendered(
      rowOf('task', 'pair_1', { fields: { reason: 'meeting_contradiction', subject: 'evt_7' } }),
    );
    expect(subject).toBe('Two reports of one meeting differ: pair pair_1');
    expect(body).toContain('event evt_7');
  });
});
