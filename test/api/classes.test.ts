import fc from 'fast-check';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { classRoutes } from '../../api/routes/classes.ts';
import { withDefaults } from '../../policy/program.ts';
import { execute } from '../../prisma/database.ts';
import { putProgram } from '../../prisma/store/programs.ts';
import { createTestApi, type TestApi } from '../support/api.ts';
import { insertPair, notesOf } from '../support/facts.ts';
import { lateDatabase } from '../support/late-database.ts';

type Headers = { Authorization: string };
type Session = { id?: string; date: string; start: string; state?: string };

let now = 0;
const clock = { now: async () => now };
let api: TestApi;
let admin: Headers;
let wakes = 0;

beforeAll(async () => {
  const late = lateDatabase();
  const relay = { wake: () => wakes++ };
  api = await createTestApi({ clock, routes: classRoutes({ database: late.database, clock, relay }) });
  late.use(api.database);
  admin = await api.bearer();
  for (const [id, policy] of [
    ['prog_1', { classWeek: {} }],
    ['prog_2', {}],
  ] as const) {
    const document = withDefaults({ name: id, zone: 'America/New_York', policy });
    await putProgram(api.database, { id, document, applyNow: false, now: 0 });
  }
  for (const id of ['mentor', 'mentee']) {
    const sql = `insert into people (id, version, name, is_minor, available, created_at, updated_at) values ($1, 1, $1, false, true, $2::timestamptz, $2::timestamptz)`;
    await execute(api.database, sql, id, new Date(0));
  }
});
afterAll(() => api.drop());
beforeEach(() => {
  now = Date.parse('2026-09-01T12:00:00Z');
  wakes = 0;
});

const put = (id: string, body: object, headers = admin) =>
  request(api.app).put(`/v1/classes/${id}`).set(headers).send(body);
const preview = (id: string, body: object, headers = admin) =>
  request(api.app).post(`/v1/classes/${id}:preview`).set(headers).send(body);
const get = (id: string, headers = admin) => request(api.app).get(`/v1/classes/${id}`).set(headers);
const ics = (id: string, query: string, lines: string[]) =>
  request(api.app)
    .put(`/v1/classes/${id}?${query}`)
    .set(admin)
    .type('text/calendar')
    .send(['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR', ''].join('\r\n'));
const classOf = (sessions: Session[], rest: object = {}) => ({ programId: 'prog_1', sessions, ...rest });
const on = (date: string, rest: Partial<Session> = {}): Session => ({ date, start: '09:00', ...rest });
const linesOf = (sessions: Session[]) => sessions.map(({ id, date, state }) => `${id} ${date} ${state}`);
const pointersOf = ({ body }: request.Response): string[] =>
  body.errors.map(({ pointer }: { pointer: string }) => pointer);

describe('class calendars', () => {
  test('a calendar is stored by date, in the zone of the program, with ids from the dates', async () => {
    const made = await put('cl_a', classOf([on('2026-11-25', { state: 'cancelled' }), on('2026-11-18')])).expect(201);
    expect(made.body).toMatchObject({
      id: 'cl_a',
      programId: 'prog_1',
      version: 1,
      zone: 'America/New_York',
      endsOn: null,
    });
    expect(linesOf(made.body.sessions)).toEqual(['2026-11-18 2026-11-18 held', '2026-11-25 2026-11-25 cancelled']);
    expect((await get('cl_a').expect(200)).body).toEqual(made.body);
    await get('cl_none').expect(404);
  });

  test('the same calendar again, as it was read, is the same version', async () => {
    const { body } = await put('cl_b', classOf([on('2026-11-18')])).expect(201);
    const { id: _, version: __, ...document } = body;
    expect((await put('cl_b', document).expect(200)).body).toEqual(body);
  });

  test('W15 a session left out stays when it has begun, and is cancelled when it has not', async () => {
    await put('cl_c', classOf([on('2026-09-02'), on('2026-09-09'), on('2026-09-16')])).expect(201);
    now = Date.parse('2026-09-09T13:00:00Z');
    const { body } = await put('cl_c', classOf([on('2026-09-23')])).expect(200);
    expect(linesOf(body.sessions)).toEqual([
      '2026-09-02 2026-09-02 held',
      '2026-09-09 2026-09-09 held',
      '2026-09-16 2026-09-16 cancelled',
      '2026-09-23 2026-09-23 held',
    ]);
  });

  test('W15 one minute before it begins a session that is left out is cancelled', async () => {
    await put('cl_d', classOf([on('2026-09-09')])).expect(201);
    now = Date.parse('2026-09-09T12:59:00Z');
    expect(linesOf((await put('cl_d', classOf([])).expect(200)).body.sessions)).toEqual([
      '2026-09-09 2026-09-09 cancelled',
    ]);
  });

  test('W15 a moved session keeps its id, and another may take its date', async () => {
    await put('cl_e', classOf([on('2026-11-18', { id: 's1' })])).expect(201);
    const { body } = await put(
      'cl_e',
      classOf([on('2026-11-19', { id: 's1' }), on('2026-11-18', { id: 's2' })]),
    ).expect(200);
    expect(linesOf(body.sessions)).toEqual(['s2 2026-11-18 held', 's1 2026-11-19 held']);
  });

  test('each open pair of the class gets one entry for a new version, and none for the same', async () => {
    await put('cl_f', classOf([on('2026-11-18')])).expect(201);
    const pair = { programId: 'prog_1', mentorId: 'mentor', menteeId: 'mentee' };
    await insertPair(api.database, { ...pair, id: 'pair_f', classId: 'cl_f' });
    await insertPair(api.database, { ...pair, id: 'pair_done', classId: 'cl_f', completed: true });
    await insertPair(api.database, { ...pair, id: 'pair_other', classId: 'cl_a' });
    const before = wakes;
    await put('cl_f', classOf([on('2026-11-18', { state: 'cancelled' })])).expect(200);
    await put('cl_f', classOf([on('2026-11-18', { state: 'cancelled' })])).expect(200);
    const ref = 'calendar.changed:cl_f:2:pair_f';
    expect(await notesOf(api.database, 'calendar.changed')).toMatchObject([
      {
        eventId: ref,
        ref,
        owner: 'pair:prog_1:pair_f',
        pairId: 'pair_f',
        receivedAt: new Date(now),
        data: { classId: 'cl_f', version: 2 },
      },
    ]);
    expect(wakes).toBe(before + 1);
  });

  test.each<[string, object, string[]]>([
    [
      'two sessions on a date',
      classOf([on('2026-11-18', { id: 'a' }), on('2026-11-18', { id: 'b' })]),
      ['/sessions/1/date'],
    ],
    ['one id twice', classOf([on('2026-11-18', { id: 'a' }), on('2026-11-19', { id: 'a' })]), ['/sessions/1/id']],
    ['a session after the end', classOf([on('2026-11-18')], { endsOn: '2026-11-17' }), ['/sessions/0/date']],
    [
      'dates, times and states',
      classOf([on('2026-02-30', { start: '24:00', state: 'off' })]),
      ['/sessions/0/date', '/sessions/0/start', '/sessions/0/state'],
    ],
    ['a zone', classOf([], { zone: 'EST5' }), ['/zone']],
    ['an unknown program', { programId: 'prog_none', sessions: [] }, ['/programId']],
    ['unknown fields', classOf([{ ...on('2026-11-18'), room: 1 } as Session]), ['/sessions/0/room']],
  ])('E3 points to each fault of %s', async (_, body, pointers) => {
    expect(pointersOf(await put('cl_bad', body).expect(422))).toEqual(pointers);
    await get('cl_bad').expect(404);
  });

  test('a class stays in its program, and keys limited to others find none', async () => {
    await put('cl_g', classOf([])).expect(201);
    expect((await put('cl_g', { programId: 'prog_2', sessions: [] }).expect(409)).body.code).toBe('class_elsewhere');
    const elsewhere = await api.bearer({ programIds: ['prog_2'] });
    await get('cl_g', elsewhere).expect(404);
    await put('cl_g', { programId: 'prog_2', sessions: [] }, elsewhere).expect(404);
    await preview('cl_g', { programId: 'prog_2', sessions: [] }, elsewhere).expect(404);
    expect(pointersOf(await put('cl_g', classOf([]), elsewhere).expect(422))).toEqual(['/programId']);
  });
});

describe('the preview of a calendar', () => {
  test('V3 shows changes and reminder slots in local time over a change of clocks, and changes nothing', async () => {
    await put('cl_h', classOf([on('2026-10-28'), on('2026-11-04')])).expect(201);
    const next = classOf([on('2026-10-28'), on('2026-11-05', { id: '2026-11-04' }), on('2026-11-07')], {
      endsOn: '2026-11-30',
    });
    const { body } = await preview('cl_h', next).expect(200);
    expect(body.changes).toEqual({ added: ['2026-11-07'], moved: ['2026-11-04'], cancelled: [], removed: [] });
    expect(body.windows).toEqual([
      {
        session: '2026-10-28',
        opensAt: '2026-10-28T09:00',
        closesAt: '2026-11-05T09:00',
        email: '2026-10-31T09:00',
        text: '2026-11-04T16:00',
        skipped: [],
      },
      {
        session: '2026-11-04',
        opensAt: '2026-11-05T09:00',
        closesAt: '2026-11-07T09:00',
        email: null,
        text: '2026-11-06T16:00',
        skipped: ['email'],
      },
      {
        session: '2026-11-07',
        opensAt: '2026-11-07T09:00',
        closesAt: '2026-12-01T00:00',
        email: '2026-11-10T09:00',
        text: null,
        skipped: [],
      },
    ]);
    expect((await get('cl_h')).body).toMatchObject({
      version: 1,
      sessions: [{ date: '2026-10-28' }, { date: '2026-11-04' }],
    });
  });

  test('without a class week in the policy there are windows and no slots', async () => {
    const body = { programId: 'prog_2', sessions: [on('2026-10-28')] };
    const [window] = (await preview('cl_new', body).expect(200)).body.windows;
    expect(window).toMatchObject({ session: '2026-10-28', closesAt: null, email: null, text: null, skipped: [] });
    await get('cl_new').expect(404);
  });
});

describe('calendars as iCalendar', () => {
  const series = [
    'BEGIN:VEVENT',
    'UID:s',
    'DTSTART;TZID=America/Chicago:20260909T090000',
    'RRULE:FREQ=WEEKLY;COUNT=3',
    'END:VEVENT',
  ];

  test('are stored with what the query says', async () => {
    const { body } = await ics('cl_i', 'programId=prog_1&endsOn=2026-09-20', series).expect(201);
    expect(body).toMatchObject({ zone: 'America/Chicago', endsOn: '2026-09-20', version: 1 });
    expect(body.sessions.map(({ date }: Session) => date)).toEqual(['2026-09-09', '2026-09-16']);
    const again = await ics('cl_i', 'programId=prog_1&endsOn=2026-09-20', series).expect(200);
    expect(again.body.version).toBe(1);
  });

  test('W15 METHOD:CANCEL cancels what it names and leaves the rest', async () => {
    const recurrence = 'RECURRENCE-ID;TZID=America/Chicago:20260916T090000';
    const cancel = [
      'METHOD:CANCEL',
      'BEGIN:VEVENT',
      'UID:s',
      recurrence,
      'DTSTART;TZID=America/Chicago:20260916T090000',
      'END:VEVENT',
    ];
    await ics('cl_j', 'programId=prog_1', cancel).expect(422);
    await ics('cl_j', 'programId=prog_1', series).expect(201);
    const { body } = await ics('cl_j', 'programId=prog_1', cancel).expect(200);
    expect(body.sessions.map(({ state }: Session) => state)).toEqual(['held', 'cancelled', 'held']);
    now = Date.parse('2026-09-10T00:00:00Z');
    const whole = [
      'METHOD:CANCEL',
      'BEGIN:VEVENT',
      'UID:s',
      'DTSTART;TZID=America/Chicago:20260909T090000',
      'END:VEVENT',
    ];
    const after = await ics('cl_j', 'programId=prog_1', whole).expect(200);
    expect(after.body.sessions.map(({ state }: Session) => state)).toEqual(['held', 'cancelled', 'cancelled']);
  });

  test('E3 faults have pointers, in the calendar and in the query', async () => {
    expect(pointersOf(await ics('cl_k', '', series).expect(422))).toEqual(['/query/programId']);
    expect(pointersOf(await ics('cl_k', 'programId=prog_none', series).expect(422))).toEqual(['/query/programId']);
    const allDay = ['BEGIN:VEVENT', 'UID:s', 'DTSTART;VALUE=DATE:20260909', 'END:VEVENT'];
    expect(pointersOf(await ics('cl_k', 'programId=prog_1', allDay).expect(422))).toEqual(['/VEVENT/0/DTSTART']);
    const misplaced = await request(api.app).put('/v1/classes/cl_k?zone=UTC').set(admin).send(classOf([])).expect(422);
    expect(pointersOf(misplaced)).toEqual(['/query/zone']);
  });
});

test('no calendar whatever makes the API fail, and what is stored has one session per date', async () => {
  const session = fc.record(
    {
      id: fc.constantFrom('a', 'b', 'c'),
      date: fc.constantFrom('2026-08-30', '2026-09-01', '2026-09-08', '2026-13-01'),
      start: fc.constantFrom('09:00', '23:59', '7'),
      state: fc.constantFrom('held', 'cancelled'),
    },
    { requiredKeys: ['date', 'start'] },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(session, { maxLength: 4 }),
      fc.constantFrom(undefined, 'UTC', 'Asia/Tokyo'),
      async (sessions, zone) => {
        const { status, body } = await put('cl_any', classOf(sessions, { zone }));
        expect([200, 201, 422]).toContain(status);
        const dates = (body.sessions ?? []).map(({ date }: Session) => date);
        expect(new Set(dates).size).toBe(dates.length);
      },
    ),
    { numRuns: 100 },
  );
});
