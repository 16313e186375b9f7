import { describe, expect, it } from 'vitest';
import type { ClassCalendar } from '../../policy/calendar.ts';
import {
  decideProgram,
  openProgram,
  type ProgramContext,
  type ProgramState,
  saidProgram,
} from '../../policy/program/decide.ts';
import { type ProgramInput, withDefaults } from '../../policy/program.ts';
import { instantOf, localMinute } from '../../policy/time.ts';

const zone = 'America/Chicago';
const at = (date: string, time = '08:00') => instantOf(date, time, zone);
const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup' };

function contextOf(
  change: Partial<ProgramContext> = {},
  policy: ProgramInput['policy'] = { classWeek: {} },
): ProgramContext {
  const document = withDefaults({ name: 'Example', zone, staff, policy });
  return { programId: 'prg', document, createdAt: at('2026-08-24', '12:00'), classes: [], focus: [], ...change };
}

const focus = [
  { coordinator: 'coord', supervisor: 'sup' },
  { coordinator: 'other', supervisor: 'sup' },
  { coordinator: null, supervisor: null },
];

/** Decides and writes at each instant; what was said there, by key. */
function saidAt(ctx: ProgramContext, instants: number[]): string[][] {
  let state: ProgramState = openProgram();
  return instants.map((now) => {
    const { messages } = decideProgram(state, now, ctx);
    state = JSON.parse(JSON.stringify(saidProgram(state, now, ctx)));
    return messages.map((message) => message.key);
  });
}

const digestsOf = (date: string) => ['coord', 'other', 'sup'].map((id) => `prg/${date}/focus-digest/${id}`);

describe('W20 the digest of the Focus List', () => {
  it('W20 goes each Monday at 08:00 in the program’s zone to everybody with an open case, once each', () => {
    const [before, monday] = saidAt(contextOf({ focus }), [at('2026-09-14', '07:59'), at('2026-09-14')]);
    expect(before).toEqual([]);
    expect(monday).toEqual(digestsOf('2026-09-14'));
  });

  it('W20 says when the next one is, at the same local time over the clock change', () => {
    const { nextAt } = decideProgram(openProgram(), at('2026-10-26'), contextOf({ focus }));
    expect(localMinute(nextAt as number, zone)).toBe('2026-11-02T08:00');
    expect((nextAt as number) - at('2026-10-26')).toBe((7 * 24 + 1) * 3_600_000);
  });

  it('W20 carries the lists that the reader is responsible for, planned for that instant', () => {
    const { messages } = decideProgram(openProgram(), at('2026-09-14', '08:00'), contextOf({ focus }));
    expect(messages.map(({ fields }) => fields.coordinatorIds)).toEqual([['coord'], ['other'], ['coord', 'other']]);
    expect(messages[0]).toMatchObject({
      template: 'focus-digest',
      planned: true,
      slot: at('2026-09-14'),
      role: 'coordinator',
    });
    expect(messages[0]?.expiresAt).toBe(at('2026-09-14') + 7 * 86_400_000);
  });

  it('W20 an empty list makes none, and who comes onto it later waits for the next Monday', () => {
    const empty = contextOf();
    expect(decideProgram(openProgram(), at('2026-09-14'), empty).messages).toEqual([]);
    const state = saidProgram(openProgram(), at('2026-09-14'), empty);
    expect(decideProgram(state, at('2026-09-14', '09:00'), contextOf({ focus })).messages).toEqual([]);
    expect(decideProgram(state, at('2026-09-21'), contextOf({ focus })).messages).toHaveLength(3);
  });

  it('W20 a digest that was said stands until it expires, for those who still have an open case', () => {
    const state = saidProgram(openProgram(), at('2026-09-14'), contextOf({ focus }));
    const keys = (change: Partial<ProgramContext>) =>
      decideProgram(state, at('2026-09-16'), contextOf(change)).messages.map((message) => message.key);
    expect(keys({ focus })).toEqual(digestsOf('2026-09-14'));
    expect(keys({ focus: focus.slice(0, 1) })).toEqual([
      'prg/2026-09-14/focus-digest/coord',
      'prg/2026-09-14/focus-digest/sup',
    ]);
    expect(keys({ focus: [] })).toEqual([]);
  });

  it('W20 after an outage only the last digest goes, and only within 24 hours', () => {
    const [inTime] = saidAt(contextOf({ focus }), [at('2026-09-29', '08:00')]);
    expect(inTime).toEqual(digestsOf('2026-09-28'));
    const [tooLate, again] = saidAt(contextOf({ focus }), [at('2026-09-29', '08:01'), at('2026-09-29', '08:02')]);
    expect([tooLate, again]).toEqual([[], []]);
  });

  it('V9 a digest from before the program was there is not said', () => {
    const ctx = contextOf({ focus, createdAt: at('2026-09-14', '09:00') });
    expect(saidAt(ctx, [at('2026-09-14', '09:30'), at('2026-09-21')])).toEqual([[], digestsOf('2026-09-21')]);
  });

  it('a program without the section, or with the digest off, has none', () => {
    for (const policy of [{}, { classWeek: { focusDigest: null } }]) {
      const { messages, nextAt } = decideProgram(
        openProgram(),
        at('2026-09-14'),
        contextOf({ focus }, policy as ProgramInput['policy']),
      );
      expect([messages, nextAt]).toEqual([[], null]);
    }
  });
});

const calendar = (change: Partial<ClassCalendar> = {}): ClassCalendar => ({
  classId: 'cls',
  version: 1,
  zone,
  endsOn: null,
  sessions: ['2026-10-21', '2026-10-28'].map((date) => ({ id: date, date, start: '10:00', state: 'held' })),
  ...change,
});

const key = 'prg/cls/2026-10-28/no-next-session';

describe('W17 a class that does not know when it meets next', () => {
  const due = at('2026-11-04', '10:00');

  it('W17 is a task with mail for operations 7 civil days after its last session began, also over a clock change', () => {
    const ctx = contextOf({ classes: [calendar()] }, { classWeek: { focusDigest: null } as never });
    expect(decideProgram(openProgram(), at('2026-10-29'), ctx)).toEqual({
      messages: [],
      cases: [],
      sweeps: null,
      nextAt: due,
    });
    const { messages, cases } = decideProgram(openProgram(), due, ctx);
    expect(cases).toMatchObject([
      { key, caseKind: 'task', reason: 'class_without_next_session', assignee: 'ops', openedAt: due },
    ]);
    expect(messages).toMatchObject([
      { key: `${key}/ops`, template: 'task', planned: false, fields: { subject: 'cls' } },
    ]);
  });

  it('W17 says the same at each wake, and the mail stands for 7 days', () => {
    const ctx = contextOf({ classes: [calendar()] });
    const state = saidProgram(openProgram(), due + 5_000, ctx);
    const later = decideProgram(state, due + 6 * 86_400_000, ctx);
    expect(later.cases).toMatchObject([{ key, openedAt: due + 5_000 }]);
    expect(later.messages.map((message) => [message.key, message.slot])).toEqual([[`${key}/ops`, due + 5_000]]);
    expect(decideProgram(state, due + 8 * 86_400_000, ctx).messages).toEqual([]);
  });

  it('W17 is withdrawn, mail and case, when a session becomes known', () => {
    const state = saidProgram(openProgram(), due, contextOf({ classes: [calendar()] }));
    const sessions = [...calendar().sessions, { id: 'x', date: '2026-11-18', start: '10:00', state: 'held' as const }];
    const { messages, cases } = decideProgram(
      state,
      due + 60_000,
      contextOf({ classes: [calendar({ version: 2, sessions })] }),
    );
    expect(messages).toEqual([]);
    expect(cases).toMatchObject([{ key, withdrawn: true }]);
  });

  it('W17 a cancelled session is no next session, and the case then opens as that becomes known', () => {
    const sessions = [
      ...calendar().sessions,
      { id: 'x', date: '2026-11-18', start: '10:00', state: 'cancelled' as const },
    ];
    const now = at('2026-11-10', '15:00');
    const { cases } = decideProgram(openProgram(), now, contextOf({ classes: [calendar({ sessions })] }));
    expect(cases).toMatchObject([{ key, openedAt: now }]);
  });

  it.each(['2026-10-28', '2026-11-06', '2026-12-18'])(
    'W17 a term that is known to end on %s lacks no session',
    (endsOn) => {
      const quiet = { classWeek: { focusDigest: null } as never };
      const ending = contextOf({ classes: [calendar({ endsOn })] }, quiet);
      for (const now of [due, at('2026-12-01'), at('2026-12-20')])
        expect(decideProgram(openProgram(), now, ending)).toEqual({
          messages: [],
          cases: [],
          sweeps: null,
          nextAt: null,
        });
      const control = contextOf({ classes: [calendar()] }, quiet);
      expect(decideProgram(openProgram(), due, control).cases).toHaveLength(1);
    },
  );

  it('W17 is withdrawn when the end of the term becomes known', () => {
    const state = saidProgram(openProgram(), due, contextOf({ classes: [calendar()] }));
    const ending = contextOf({ classes: [calendar({ version: 2, endsOn: '2026-12-18' })] });
    const { messages, cases } = decideProgram(state, due + 60_000, ending);
    expect([messages, cases]).toMatchObject([[], [{ key, withdrawn: true }]]);
  });

  it('V9 a gap that was due before the program was there is no task; without operations it opens without assignee', () => {
    const past = contextOf({ classes: [calendar()], createdAt: due + 1 });
    expect(decideProgram(openProgram(), due + 2, past).cases).toEqual([]);
    const nobody = contextOf({ classes: [calendar()] });
    nobody.document.staff = {};
    const { cases, messages } = decideProgram(openProgram(), due, nobody);
    expect([cases[0]?.assignee, messages]).toEqual([null, []]);
  });
});

describe('what a program leaves out', () => {
  it('K9 is filled with defaults, and a promise of hours takes nothing from one of meetings', () => {
    const promiseOf = (meetings: object) => contextOf({}, { meetings }).document.policy.meetings?.promise;
    expect(promiseOf({})).toEqual({ kind: 'count', meetings: 1, per: 'week' });
    expect(promiseOf({ promise: { kind: 'hours', hours: 4, per: 'month' } })).toEqual({
      kind: 'hours',
      hours: 4,
      per: 'month',
    });
  });
});
