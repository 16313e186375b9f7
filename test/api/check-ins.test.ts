import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { checkInState } from '../../policy/pair/check-ins/state-at.ts';
import { addDays, DAY, HOUR } from '../../policy/time.ts';
import { execute, queryRows } from '../../prisma/database.ts';
import { listCheckIns } from '../../prisma/store/check-ins.ts';
import { type CheckInApi, createCheckInApi, now } from '../support/check-in-api.ts';
import { insertCheckIn } from '../support/check-ins.ts';
import { insertPair } from '../support/facts.ts';
import { seedPerson } from '../support/mentoring.ts';
import { expectProblem } from '../support/things.ts';

let api: CheckInApi;
const today = '2026-11-21';
const contact = (at: number, mode = 'phone') => ({ id: 'evt_c', at, mode, by: 'per_pc' });

beforeAll(async () => {
  api = await createCheckInApi();
  for (const id of ['mentor', 'mentee', 'mentor2']) await seedPerson(api.database, id);
  await insertPair(api.database, { id: 'pair_a', programId: 'school', mentorId: 'mentor', menteeId: 'mentee' });
  await insertPair(api.database, { id: 'pair_b', programId: 'school', mentorId: 'mentor2', menteeId: 'mentee' });
  await insertPair(api.database, { id: 'pair_c', programId: 'other', mentorId: 'mentor', menteeId: 'mentee' });
  await execute(
    api.database,
    `update pairs set coordinator_id = 'per_pc', supervisor_id = 'per_sup' where id = 'pair_a'`,
  );
  await execute(api.database, `update pairs set coordinator_id = 'per_pc2' where id = 'pair_b'`);
});
afterAll(() => api.drop());
beforeEach(() => {
  api.woken.length = 0;
  api.clock.at = now;
});

describe('the list of check-ins', () => {
  beforeAll(async () => {
    await execute(api.database, 'delete from pair_records');
    const of = (pairId: string, personId: string, dueOn: string, given: object = {}) =>
      insertCheckIn(api.database, {
        pairId,
        programId: pairId === 'pair_c' ? 'other' : 'school',
        personId,
        dueOn,
        ...given,
      });
    await of('pair_a', 'mentor', addDays(today, 30));
    await of('pair_a', 'mentor', addDays(today, 1));
    await of('pair_a', 'mentee', addDays(today, -4), { respondent: 'mentee' });
    await of('pair_a', 'mentor', addDays(today, -20));
    await of('pair_b', 'mentor2', addDays(today, -20), { contact: contact(now - 20 * DAY), live: true });
    await of('pair_b', 'mentor2', addDays(today, -50), { contact: contact(now - 40 * DAY, 'form') });
    await of('pair_b', 'mentee', addDays(today, -20), { respondent: 'mentee', excused: 'paused' });
    await of('pair_c', 'mentor', addDays(today, -1));
  });

  const days = async (query: string, auth = api.auth) => {
    const { body } = await api.get(`/v1/check-ins${query}`, auth).expect(200);
    return body.items.map((item: { dueOn: string; state: string; pairId: string; respondent: string }) => {
      const ahead = (Date.parse(item.dueOn) - Date.parse(today)) / DAY;
      return `${ahead} ${item.pairId} ${item.respondent} ${item.state}`;
    });
  };
  const late = '-50 pair_b mentor late';
  const missed = '-20 pair_a mentor missed';
  const made = '-20 pair_b mentor satisfied';
  const excused = '-20 pair_b mentee excused';
  const openMentee = '-4 pair_a mentee open';
  const openOther = '-1 pair_c mentor open';
  const openMentor = '1 pair_a mentor open';
  const upcoming = '30 pair_a mentor upcoming';

  test('K3 is soonest due first, each as it stands today', async () => {
    expect(await days('')).toEqual([late, missed, excused, made, openMentee, openOther, openMentor, upcoming]);
  });

  test('filters by everything that it shows', async () => {
    expect(await days('?programId=other')).toEqual([openOther]);
    expect(await days('?pairId=pair_b')).toEqual([late, excused, made]);
    expect(await days('?personId=mentor')).toEqual([missed, openOther, openMentor, upcoming]);
    expect(await days('?respondent=mentee')).toEqual([excused, openMentee]);
    expect(await days('?coordinator=per_pc')).toEqual([missed, openMentee, openMentor, upcoming]);
    expect(await days('?supervisor=per_sup&state=open')).toEqual([openMentee, openMentor]);
    expect(await days('?state=upcoming')).toEqual([upcoming]);
    expect(await days('?state=open')).toEqual([openMentee, openOther, openMentor]);
    expect(await days('?state=missed')).toEqual([missed]);
    expect(await days('?state=satisfied')).toEqual([made]);
    expect(await days('?state=late')).toEqual([late]);
    expect(await days('?state=excused')).toEqual([excused]);
  });

  test('K3 due gives what is owed on or before a day, and nothing that was made or excused', async () => {
    expect(await days(`?due=${today}`)).toEqual([openMentee, openOther]);
    expect(await days(`?due=${addDays(today, 40)}&coordinator=per_pc`)).toEqual([openMentee, openMentor, upcoming]);
    expect(await days(`?due=${today}&state=satisfied`)).toEqual([]);
  });

  test('K3 due leaves out for what no contact would count any more: the next window is open, or the match has ended', async () => {
    const nextOpens = Date.parse(addDays(today, -4)) + 5 * HOUR;
    api.clock.at = nextOpens - 1;
    expect(await days(`?due=${addDays(today, -20)}`)).toEqual([missed]);
    expect(await days(`?due=${today}&state=missed`)).toEqual([missed]);
    const end = (state: string) => execute(api.database, `update pairs set state = $1 where id = 'pair_a'`, state);
    await end('closed');
    expect(await days(`?due=${addDays(today, -20)}`)).toEqual([]);
    await end('active');
    api.clock.at = nextOpens;
    expect(await days(`?due=${addDays(today, -20)}`)).toEqual([]);
    expect(await days('?state=missed')).toEqual([missed]);
  });

  test('is worked out anew at every reading: the window closes at midnight of the pair, and nothing has to be written', async () => {
    const closes = Date.UTC(2026, 10, 23, 5);
    api.clock.at = closes - 1;
    expect(await days('?state=open&pairId=pair_a&respondent=mentee')).toEqual([openMentee]);
    api.clock.at = closes;
    expect(await days('?state=open&pairId=pair_a&respondent=mentee')).toEqual([]);
    expect(await days('?state=missed&pairId=pair_a&respondent=mentee')).toEqual(['-4 pair_a mentee missed']);
  });

  test('goes on page by page to the end, under every filter', async () => {
    for (const filter of ['', '&state=open', '&programId=school']) {
      const whole = (await api.get(`/v1/check-ins?limit=200${filter}`)).body.items;
      const items: unknown[] = [];
      let next: string | null = '';
      while (next !== null) {
        const { body }: { body: { items: unknown[]; next: string | null } } = await api
          .get(`/v1/check-ins?limit=1${filter}${next ? `&cursor=${next}` : ''}`)
          .expect(200);
        items.push(...body.items);
        next = body.next;
      }
      expect(items).toEqual(whole);
    }
  });

  test('a page is filled although most of what is near does not belong to it', async () => {
    const { database } = api;
    for (let number = 0; number < 250; number++) {
      await insertCheckIn(database, {
        pairId: 'pair_c',
        programId: 'other',
        personId: 'mentor',
        dueOn: addDays('2027-01-01', number),
        opensOn: number === 249 ? today : '2027-01-01',
        closesOn: '2028-01-01',
      });
    }
    const page = { programIds: null, now: now + 10 * DAY, after: null, limit: 2 };
    const found = await listCheckIns(database, { pairId: 'pair_c', due: '2028-01-01', state: 'upcoming' }, page);
    expect(found).toHaveLength(2);
    const rows = await listCheckIns(database, { pairId: 'pair_c', state: 'missed' }, page);
    expect(rows.every(({ record }) => checkInState(record, page.now) === 'missed')).toBe(true);
    await execute(database, `delete from pair_records where day >= '2027-01-01'`);
  });

  test('a key sees the check-ins of its programs alone', async () => {
    const auth = await api.bearer({ programIds: ['other'] });
    expect(await days('', auth)).toEqual([openOther]);
    expect(await days('?programId=school', auth)).toEqual([]);
    const [foreign] = (await api.get('/v1/check-ins?pairId=pair_a')).body.items;
    expectProblem(await api.get(`/v1/check-ins/${foreign.id}`, auth), 404, 'not-found');
    expectProblem(await api.get('/v1/check-ins', await api.bearer({ scopes: ['events'] })), 403, 'forbidden');
  });

  test('refuses what it does not know, and says where', async () => {
    for (const query of ['?state=done', '?due=tomorrow', '?due=2026-02-30', '?person=x', '?cursor=abc', '?limit=0']) {
      const answer = await api.get(`/v1/check-ins${query}`);
      expectProblem(answer, 422, 'validation');
      expect(answer.body.errors[0].pointer).toMatch(/^\/query/);
    }
  });

  test('reads one check-in, with what satisfied it', async () => {
    const [item] = (await api.get('/v1/check-ins?state=satisfied')).body.items;
    const { body } = await api.get(`/v1/check-ins/${item.id}`).expect(200);
    expect(body).toEqual(item);
    expect(body).toEqual({
      id: expect.stringMatching(/^chk_[0-9a-f]{32}$/),
      pairId: 'pair_b',
      respondent: 'mentor',
      personId: 'mentor2',
      dueOn: addDays(today, -20),
      opensOn: addDays(today, -25),
      closesOn: addDays(today, -15),
      state: 'satisfied',
      satisfiedBy: 'evt_c',
      live: true,
    });
    expectProblem(await api.get('/v1/check-ins/chk_none'), 404, 'not-found');
  });
});

describe('recording a contact', () => {
  let id: string;
  const call = { mode: 'phone', by: 'per_pc', answers: { going: 4 }, safetyConcern: false, notes: 'A good talk' };
  let made = 0;

  beforeEach(async () => {
    const pairId = `pair_r${++made}`;
    await insertPair(api.database, { id: pairId, programId: 'school', mentorId: 'mentor', menteeId: 'mentee' });
    id = await insertCheckIn(api.database, { pairId, programId: 'school', personId: 'mentor', dueOn: '2026-11-22' });
  });
  const journal = () => api.journal(`pair_r${made}`);
  const record = (body: unknown, headers = {}) => api.post(`/v1/check-ins/${id}:record`, body, headers);

  test('K3 puts it on the journal as an event of the platform, words apart from codes', async () => {
    const { body } = await record(call).expect(202);
    const [entry, ...others] = await journal();
    expect(others).toEqual([]);
    expect(body).toEqual({
      id,
      state: 'accepted',
      contactId: entry?.ref,
      checkIn: expect.objectContaining({ id, state: 'open' }),
    });
    expect(entry?.ref).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(entry).toMatchObject({ type: 'checkin.recorded', history: false, urgent: false, at: new Date(now) });
    expect(entry?.data).toEqual({
      respondent: 'mentor',
      mode: 'phone',
      by: 'per_pc',
      safetyConcern: false,
      given: ['answers', 'notes'],
    });
    expect(entry?.texts).toEqual({ 'answers.going': '4', notes: 'A good talk' });
    expect(api.woken).toEqual([false]);
  });

  test('answers the check-in as it stands once its pair has taken it up', async () => {
    const answer = record(call).then((response) => response);
    const take = async () => {
      for (;;) {
        const rows = await queryRows<{ seq: bigint }>(
          api.database,
          `update journal set state = 'applied' where subject = $1 and state = 'recorded' returning seq`,
          `pair_r${made}`,
        );
        if (rows.length > 0) return;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await take();
    const { status, body } = await answer;
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, state: 'applied', checkIn: { id } });
  });

  test('E1 the same Idempotency-Key is one contact, also after the answer was lost; without one each call is another', async () => {
    const headers = { 'Idempotency-Key': `key-${made}` };
    const first = await record(call, headers);
    expect((await record(call, headers)).body).toEqual(first.body);
    await execute(api.database, 'delete from idempotency_keys');
    expect((await record(call, headers)).body.contactId).toBe(first.body.contactId);
    expect(await journal()).toHaveLength(1);
    expectProblem(await record({ ...call, notes: 'Other' }, { ...headers }), 422, 'refused');
    await record(call);
    await record(call);
    expect(await journal()).toHaveLength(3);
  });

  test('K6 a concern and a safety keyword go first', async () => {
    await record({ ...call, safetyConcern: true });
    await record({ ...call, notes: 'She wants to kill herself' });
    await record({ ...call, discomfort: true });
    const entries = await journal();
    expect(entries.map(({ urgent }) => urgent)).toEqual([true, true, true]);
    expect(entries[1]?.data.keyword).toEqual(expect.any(String));
    expect(api.woken).toEqual([true, true, true]);
  });

  test('E2 tells when it occurred: lately it acts, long ago it is history, ahead it is refused', async () => {
    await record({ ...call, at: new Date(now - 2 * DAY).toISOString() }).expect(202);
    await record({ ...call, at: new Date(now - 8 * DAY).toISOString() }).expect(202);
    expect((await journal()).map(({ history }) => history)).toEqual([false, true]);
    expect((await journal())[0]?.at).toEqual(new Date(now - 2 * DAY));
    const ahead = await record({ ...call, at: new Date(now + HOUR).toISOString() });
    expectProblem(ahead, 422, 'validation');
    expect(ahead.body.errors).toEqual([{ pointer: '/at', detail: expect.stringContaining('once it was made') }]);
  });

  test('a contact of the pair can be taken back, whoever recorded it', async () => {
    const pairId = `pair_r${made}`;
    const { body } = await record(call);
    const sent = await api.event('checkin.recorded', pairId, {
      respondent: 'mentor',
      mode: 'email',
      answers: {},
      safetyConcern: false,
    });
    await record({ by: 'per_pc', retracts: body.contactId }).expect(202);
    await record({ by: 'per_pc', retracts: sent }).expect(202);
    const entries = await journal();
    expect(entries.map(({ data }) => data.retracts)).toEqual([undefined, undefined, entries[0]?.ref, entries[1]?.ref]);
    const none = await record({ by: 'per_pc', retracts: 'evt_none' });
    expectProblem(none, 422, 'validation');
    expect(none.body.errors).toEqual([{ pointer: '/retracts', detail: 'The pair has no contact with this id' }]);
  });

  test('refuses what is missing, unknown or not its own, and says what to do', async () => {
    const pointers = async (body: unknown) => {
      const answer = await record(body);
      expectProblem(answer, 422, 'validation');
      return answer.body.errors.map(({ pointer }: { pointer: string }) => pointer).sort();
    };
    expect(await pointers({})).toEqual(['/by']);
    expect(await pointers({ by: 'per_pc' })).toEqual(['/mode', '/safetyConcern']);
    expect(await pointers({ ...call, mode: 'pigeon' })).toEqual(['/mode']);
    expect(await pointers({ ...call, mood: 3 })).toEqual(['/mood']);
    expect(await pointers({ ...call, respondent: 'mentee' })).toEqual(['/respondent']);
    expect(await pointers({ ...call, notes: 'x'.repeat(5_001) })).toEqual(['/notes']);
    expect(await journal()).toEqual([]);
    await record({ ...call, respondent: 'mentor' }).expect(202);
    expectProblem(await api.post('/v1/check-ins/chk_none:record', call), 404, 'not-found');
    const reading = await api.bearer({ scopes: ['read'] });
    expectProblem(await record(call, reading), 403, 'forbidden');
    const elsewhere = await api.bearer({ programIds: ['other'] });
    expectProblem(await record(call, elsewhere), 404, 'not-found');
  });
});
