import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { listContacts, listUnattachedSupport } from '../../prisma/store/contacts.ts';
import { type CheckInApi, createCheckInApi, now } from '../support/check-in-api.ts';
import { insertCheckIn } from '../support/check-ins.ts';
import { insertPair } from '../support/facts.ts';
import { seedPerson } from '../support/mentoring.ts';
import { expectProblem } from '../support/things.ts';

let api: CheckInApi;
let pair = '';
let made = 0;

beforeAll(async () => {
  api = await createCheckInApi();
  for (const id of ['mentor', 'mentee']) await seedPerson(api.database, id);
});
afterAll(() => api.drop());
beforeEach(async () => {
  pair = `pair_${++made}`;
  api.clock.at = now;
  await insertPair(api.database, { id: pair, programId: 'school', mentorId: 'mentor', menteeId: 'mentee' });
});

const contact = { respondent: 'mentor', mode: 'phone', by: 'per_pc', answers: {}, safetyConcern: false };
const contacts = async (query = '', auth = api.auth) =>
  (await api.get(`/v1/pairs/${pair}/contacts${query}`, auth).expect(200)).body;

describe('the history of contacts', () => {
  test('K5 shows what was said in each contact, newest first, with what it satisfied', async () => {
    const answers = { going: 4, met: '2', next_meeting: true };
    const words = { notes: 'A good talk', roadblocks: 'No bus on Fridays' };
    const first = await api.event('checkin.recorded', pair, { ...contact, answers, ...words });
    const at = now - HOUR;
    const dueOn = '2026-11-20';
    const [{ ref = '' } = {}] = await api.journal(pair);
    const satisfied = { id: first, ref, at: now, mode: 'phone', by: 'per_pc' };
    const facts = { pairId: pair, programId: 'school', personId: 'mentor', dueOn, contact: satisfied };
    const checkInId = await insertCheckIn(api.database, facts);
    const earlier = { ...contact, respondent: 'mentee', mode: 'form', by: 'mentee', discomfort: true };
    const second = await api.event('checkin.recorded', pair, earlier, { time: new Date(at).toISOString() });
    const { items, next } = await contacts();
    expect(next).toBeNull();
    expect(items).toEqual([
      {
        id: first,
        at: new Date(now).toISOString(),
        recordedAt: new Date(now).toISOString(),
        respondent: 'mentor',
        mode: 'phone',
        live: true,
        by: 'per_pc',
        safetyConcern: false,
        discomfort: false,
        checkInId,
        dueOn,
        retracted: false,
        answers: { going: '4', met: '2', next_meeting: 'true' },
        ...words,
        followUps: [],
      },
      expect.objectContaining({
        id: second,
        at: new Date(at).toISOString(),
        respondent: 'mentee',
        live: false,
        discomfort: true,
        checkInId: null,
        dueOn: null,
        answers: {},
        notes: null,
        roadblocks: null,
      }),
    ]);
  });

  test('K5 without the scope sensitive there are no words, and nothing that tells of a worry', async () => {
    const words = { answers: { going: 'badly' }, notes: 'Secret', roadblocks: 'Hidden', discomfort: true };
    const id = await api.event('checkin.recorded', pair, { ...contact, ...words, safetyConcern: true });
    await api.event('support.recorded', pair, {
      to: 'mentor',
      kind: 'advice',
      by: 'per_pc',
      contactId: id,
      notes: 'Covered',
    });
    const body = await contacts('', await api.bearer({ scopes: ['read'] }));
    expect(JSON.stringify(body)).not.toMatch(
      /badly|Secret|Hidden|Covered|safetyConcern|discomfort|answers|notes|roadb/,
    );
    expect(body.items[0]).toMatchObject({ id, followUps: [{ kind: 'advice', to: 'mentor', by: 'per_pc' }] });
  });

  test('K7 shows the support that followed each contact', async () => {
    const id = await api.event('checkin.recorded', pair, contact);
    const other = await api.event('checkin.recorded', pair, contact);
    const support = { to: 'mentor', by: 'per_pc', contactId: id };
    const first = await api.event('support.recorded', pair, { ...support, kind: 'advice', notes: 'Try the library' });
    api.clock.at = now + MINUTE;
    await api.event('support.recorded', pair, { ...support, kind: 'resource', resourceKey: 'first_steps' });
    const wrong = await api.event('support.recorded', pair, { ...support, kind: 'training' });
    await api.event('support.recorded', pair, { retracts: wrong });
    const { items } = await contacts();
    const byId = Object.fromEntries(items.map((item: { id: string; followUps: unknown }) => [item.id, item.followUps]));
    expect(byId[other]).toEqual([]);
    expect(byId[id]).toEqual([
      {
        id: first,
        at: new Date(now).toISOString(),
        to: 'mentor',
        kind: 'advice',
        by: 'per_pc',
        resourceKey: null,
        notes: 'Try the library',
      },
      expect.objectContaining({ kind: 'resource', resourceKey: 'first_steps', notes: null }),
    ]);
  });

  test('K5 K7 E1 contacts of two sources under one id are told apart, and so is their support', async () => {
    const from = (source: string, id = 'same1') => ({ source: `https://${source}.example.org`, id });
    await api.event('checkin.recorded', pair, contact, from('a'));
    await api.event('checkin.recorded', pair, { ...contact, respondent: 'mentee' }, from('b'));
    const made = await api.journal(pair);
    const checkIns = new Map<string, string>();
    for (const { ref, data } of made) {
      const respondent = data.respondent as 'mentor' | 'mentee';
      const satisfied = { id: 'same1', ref, at: now, mode: 'phone', by: 'per_pc' };
      const facts = { pairId: pair, programId: 'school', personId: respondent, respondent, dueOn: '2026-11-20' };
      checkIns.set(respondent, await insertCheckIn(api.database, { ...facts, contact: satisfied }));
    }
    const support = { to: 'mentor', kind: 'advice', by: 'per_pc', contactId: 'same1' };
    await api.event('support.recorded', pair, support, from('a', 'support_a'));
    await api.event('support.recorded', pair, support, from('b', 'support_b'));
    await api.event('support.recorded', pair, support, from('c', 'support_c'));
    const { items, unattached } = await contacts();
    expect(unattached).toEqual([]);
    expect(
      items.map(({ id, respondent, checkInId, followUps }: Record<string, unknown>) => [
        ...[id, respondent, checkInId],
        (followUps as { id: string }[]).map((followUp) => followUp.id),
      ]),
    ).toEqual([
      ['same1', 'mentee', checkIns.get('mentee'), ['support_b', 'support_c']],
      ['same1', 'mentor', checkIns.get('mentor'), ['support_a', 'support_c']],
    ]);
  });

  test('K7 K12 support that follows no known contact is listed beside them, until its contact is known', async () => {
    const support = { to: 'mentee', kind: 'advice', by: 'per_pc' };
    const alone = await api.event('support.recorded', pair, { ...support, notes: 'Covered' });
    api.clock.at = now + MINUTE;
    const early = await api.event('support.recorded', pair, { ...support, contactId: 'later' });
    const wrong = await api.event('support.recorded', pair, support);
    await api.event('support.recorded', pair, { retracts: wrong });
    const shown = { at: new Date(now).toISOString(), to: 'mentee', kind: 'advice', by: 'per_pc', resourceKey: null };
    expect(await contacts()).toEqual({
      items: [],
      next: null,
      unattached: [expect.objectContaining({ id: early }), { id: alone, ...shown, notes: 'Covered' }],
    });
    const unread = await contacts('', await api.bearer({ scopes: ['read'] }));
    expect(unread.unattached[1]).toEqual({ id: alone, ...shown });
    await api.event('checkin.recorded', pair, contact, { id: 'later' });
    await api.event('checkin.recorded', pair, contact);
    const first = await contacts('?limit=1');
    expect(first.unattached).toMatchObject([{ id: alone }]);
    const second = await contacts(`?limit=1&cursor=${first.next}`);
    expect(second).not.toHaveProperty('unattached');
    expect(second.items).toMatchObject([{ id: 'later', followUps: [{ id: early }] }]);
  });

  test('a contact that was taken back stays in the history, and says so', async () => {
    const id = await api.event('checkin.recorded', pair, contact);
    const kept = await api.event('checkin.recorded', pair, contact);
    await api.event('checkin.recorded', pair, { retracts: id });
    const { items } = await contacts();
    const shown = items.map((item: { id: string; retracted: boolean }) => [item.id, item.retracted]);
    expect(shown).toEqual([
      [kept, false],
      [id, true],
    ]);
  });

  test('goes on page by page, also where many occurred at one instant', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 7; number++) ids.unshift(await api.event('checkin.recorded', pair, contact));
    const seen: string[] = [];
    let next: string | null = '';
    while (next !== null) {
      const body: { items: { id: string }[]; next: string | null } = await contacts(
        `?limit=2${next ? `&cursor=${next}` : ''}`,
      );
      seen.push(...body.items.map(({ id }) => id));
      next = body.next;
    }
    expect(seen).toEqual(ids);
  });

  test('a key sees the pairs of its programs alone', async () => {
    const path = `/v1/pairs/${pair}/contacts`;
    expectProblem(await api.get(path, await api.bearer({ programIds: ['other'] })), 404, 'not-found');
    expectProblem(await api.get('/v1/pairs/none/contacts'), 404, 'not-found');
    expectProblem(await api.get(`${path}?kind=x`), 422, 'validation');
  });

  test('is found by an index among 100,000 entries of the journal', async () => {
    const sql = `
      insert into journal (source, event_id, digest, ref, type, subject, owner, program_id, pair_id, occurred_at, received_at,
        history, urgent, data, state)
      select 'bulk', n::text, '', n || '~x', case n % 4 when 0 then 'checkin.recorded' when 1 then 'support.recorded'
          else 'lesson.completed' end, $1, 'pair:school:' || $1::text, 'school', $1,
        $2::timestamptz - n * interval '1 minute', $2, true, false,
        '{"respondent": "mentor", "mode": "form", "safetyConcern": false}'::jsonb || case n % 4 when 1
          then jsonb_build_object('contactId', (n - 1)::text, 'to', 'mentor', 'kind', 'advice', 'by', 'x') else '{}' end, 'applied'
      from generate_series(1, 100000) n`;
    await execute(api.database, sql, pair, new Date(now));
    await execute(api.database, 'analyze journal');
    const started = performance.now();
    const rows = await listContacts(api.database, pair, { withWords: true, after: null, limit: 51 });
    expect(rows).toHaveLength(51);
    expect(rows[0]?.followUps).toHaveLength(1);
    expect(await listUnattachedSupport(api.database, pair, true)).toHaveLength(1);
    expect(performance.now() - started).toBeLessThan(500);
    const plan = await queryRows<Record<string, string>>(
      api.database,
      `explain select seq from journal j where j.pair_id = '${pair}' and j.type = 'checkin.recorded'
       and j.data->>'retracts' is null order by j.occurred_at desc, j.seq desc limit 51`,
    );
    expect(JSON.stringify(plan)).toContain('journal_contacts');
    await execute(api.database, `delete from journal where source = 'bulk'`);
  });
});
