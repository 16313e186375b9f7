import { afterAll, beforeAll, expect, test } from 'vitest';
import { compose } from '../../activities/dispatch/compose.ts';
import { createRenderer, type Rendered } from '../../activities/render.ts';
import type { MessageRow } from '../../policy/mailbox/row.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { readWording } from '../../prisma/store/wording.ts';
import { classify } from '../../templates/table.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { insertPair } from '../support/facts.ts';
import { seedPerson, seedProgram } from '../support/mentoring.ts';

const now = Date.UTC(2026, 10, 25, 15);
let stored: TestDatabase;
beforeAll(async () => {
  stored = await createTestDatabase();
  const own = [{ id: 'fun', text: 'What was fun?' }];
  await seedProgram(stored.database, 'prog', now, { policy: { checkIns: { questions: own } } });
  await seedProgram(stored.database, 'standard', now, { policy: { checkIns: {} } });
  for (const id of ['per_pc', 'per_sup', 'mentor', 'mentee']) await seedPerson(stored.database, id);
});
afterAll(() => stored.drop());

/** A contact on the journal with its words, as they were accepted; its reference. */
async function recorded(pairId: string, eventId: string, data: object, texts: Record<string, string>): Promise<string> {
  const ref = `${eventId}~s`;
  const [entry] = await queryRows<{ seq: bigint }>(
    stored.database,
    `insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
       history, urgent, data, state)
     select 's', $2, 'd', $3, 'checkin.recorded', id, owner, program_id, id, $4, $4, false, false, $5::jsonb, 'applied'
     from pairs where id = $1 returning seq`,
    ...[pairId, eventId, ref, new Date(now), JSON.stringify(data)],
  );
  for (const [field, text] of Object.entries(texts)) {
    await execute(
      stored.database,
      'insert into free_texts (seq, field, text) values ($1, $2, $3)',
      entry?.seq,
      field,
      text,
    );
  }
  return ref;
}

function handOff(programId: string, pairId: string, fields: Record<string, unknown>): MessageRow {
  return {
    id: `handoff_${String(fields.contact)}`,
    owner: `pair:${programId}:${pairId}`,
    programId,
    pairIds: [pairId],
    personId: 'per_pc',
    template: 'contact-handoff',
    variant: null,
    channel: 'email',
    zone: 'America/New_York',
    plannedFor: now,
    classification: classify('contact-handoff'),
    fields: { mentorId: 'mentor', menteeId: 'mentee', ...fields },
  } as unknown as MessageRow;
}

async function bodyOf(row: MessageRow): Promise<string> {
  const wording = await readWording(stored.database, [row]);
  const links = { inboundDomain: 'in.example.org', preferencesPage: () => '', responsePage: () => '' };
  return (compose([row], wording, createRenderer(), links) as Rendered).body;
}

test('K7 the hand-off is put into words as it leaves: data, answers in order, notes and roadblocks', async () => {
  await insertPair(stored.database, { id: 'pair_1', programId: 'standard', mentorId: 'mentor', menteeId: 'mentee' });
  const texts = {
    'answers.goes_well': 'The fair.',
    'answers.going': '4',
    'answers.own_idea': 'Chess.',
    notes: 'Quiet today.',
    roadblocks: 'Exams.',
  };
  const contact = await recorded('pair_1', 'evt_1', { safetyConcern: false, discomfort: true }, texts);
  const fields = { contact, respondent: 'mentee', personId: 'mentee', mode: 'phone', by: 'per_sup' };
  const body = await bodyOf(handOff('standard', 'pair_1', fields));
  expect(body).toContain('mentee (mentee), on Wednesday, November 25, mode: phone, recorded by per_sup.');
  expect(body).toContain('not comfortable');
  expect(body).not.toContain('A safety concern');
  expect(body).toContain(
    '- going: 4\n- goes well: The fair.\n- own idea: Chess.\nNotes: Quiet today.\nRoadblocks: Exams.',
  );
});

test('K5 a program’s own question stands in its own words, and each contact has words of its own', async () => {
  await insertPair(stored.database, { id: 'pair_2', programId: 'prog', mentorId: 'mentor', menteeId: 'mentee' });
  const first = await recorded('pair_2', 'evt_2', { safetyConcern: true }, { 'answers.fun': 'Bowling.' });
  const second = await recorded('pair_2', 'evt_3', { safetyConcern: false }, {});
  const about = { respondent: 'mentor', personId: 'mentor', mode: 'form', by: 'mentor' };
  const body = await bodyOf(handOff('prog', 'pair_2', { contact: first, ...about }));
  expect(body).toContain('- What was fun? Bowling.');
  expect(body).toContain('A safety concern was raised');
  expect(body).not.toContain('recorded by');
  expect(await bodyOf(handOff('prog', 'pair_2', { contact: second, ...about }))).not.toMatch(/Bowling|concern/);
});

test('K7 K2 M11 a contact with a guardian who is not on record is put into words without a name', async () => {
  await insertPair(stored.database, { id: 'pair_4', programId: 'standard', mentorId: 'mentor', menteeId: 'mentee' });
  const contact = await recorded('pair_4', 'evt_5', { safetyConcern: false }, { notes: 'She asked for a call.' });
  const about = { respondent: 'guardian', personId: null, mode: 'phone', by: 'per_sup' };
  const body = await bodyOf(handOff('standard', 'pair_4', { contact, ...about }));
  expect(body).toContain('The guardian of mentee, who is not on record, on Wednesday, November 25');
  expect(body).toContain('recorded by per_sup.');
  expect(body).toContain('She asked for a call.');
});

test('K7 what was erased meanwhile is not in it', async () => {
  await insertPair(stored.database, { id: 'pair_3', programId: 'standard', mentorId: 'mentor', menteeId: 'mentee' });
  const contact = await recorded('pair_3', 'evt_4', { safetyConcern: false }, { notes: 'Quiet today.' });
  const row = handOff('standard', 'pair_3', {
    contact,
    respondent: 'mentor',
    personId: 'mentor',
    mode: 'text',
    by: 'x',
  });
  expect(await bodyOf(row)).toContain('Quiet today.');
  await execute(stored.database, 'delete from free_texts');
  expect(await bodyOf(row)).not.toContain('Quiet today.');
});
