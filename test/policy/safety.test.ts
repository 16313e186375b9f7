import { describe, expect, it } from 'vitest';
import { holdsOf } from '../../policy/pair/decide.ts';
import { applyEvent } from '../../policy/pair/state.ts';
import { planPair, viewPair } from '../../policy/pair/view.ts';
import { ladderOf } from '../../policy/safety/ladder.ts';
import { DAY, HOUR, MINUTE } from '../../policy/time.ts';
import {
  aboutRow,
  acknowledged,
  at,
  calls,
  caseOf,
  casesAtEnd,
  checkIn,
  command,
  concern,
  discomfort,
  linesOf,
  live,
  resolved,
  saidMessages,
  worriedPair,
} from './safety-life.ts';

const saturday = '2026-10-10';
const night = at(saturday, '22:40');

describe('who is called', () => {
  it('K6 those named for it, a pair before its program; else coordinator, supervisor and operations', () => {
    const program = { operations: 'ops', coordinator: 'coord', supervisor: 'sup' };
    expect(ladderOf({}, { ...program, safety: ['anna', 'ben'] }, [])).toEqual(['anna', 'ben']);
    expect(ladderOf({ safety: ['cleo'] }, { ...program, safety: ['anna'] }, [])).toEqual(['cleo']);
    expect(ladderOf({}, program, [])).toEqual(['coord', 'sup', 'ops']);
    expect(ladderOf({ coordinator: 'sup' }, program, [])).toEqual(['sup', 'ops']);
    expect(ladderOf({}, {}, [])).toEqual([]);
  });

  it('K6 nobody is called about themselves; a ladder of nobody else falls back', () => {
    expect(ladderOf({}, { safety: ['mentor_1', 'ben'] }, ['mentor_1', null])).toEqual(['ben']);
    expect(ladderOf({}, { safety: ['mentor_1'], coordinator: 'coord' }, ['mentor_1'])).toEqual(['coord']);
  });
});

describe('a safety concern', () => {
  it('K6 on a Saturday night calls one after the other, by mail and text, round again until somebody answers', () => {
    const events = [concern('c1', night), acknowledged('c1', night + 50 * MINUTE, 'ben')];
    expect(calls(live(events, night + DAY))).toEqual([
      `${saturday} 22:40 anna`,
      `${saturday} 22:55 ben`,
      `${saturday} 23:10 anna`,
      `${saturday} 23:25 ben`,
    ]);
  });

  it('K6 M5 the text of a call names the mail of the same call, which is enough where no text can go', () => {
    const messages = saidMessages(live([concern('c1', night)], night + 20 * MINUTE));
    const mails = messages.filter(({ channel }) => channel === 'email').map(({ key }) => key);
    expect(messages.filter(({ channel }) => channel === 'sms').map(({ mailTwin }) => mailTwin)).toEqual(mails);
    expect(new Set(mails).size).toBe(2);
  });

  it('K6 opens one urgent case at once, about who worries, for the first of the ladder and then for who answers', () => {
    const open = live([concern('c1', night)], night + MINUTE);
    expect(casesAtEnd(open)).toMatchObject([
      {
        key: caseOf('c1').caseKey,
        caseKind: 'safety',
        personId: 'mentee_1',
        assignee: 'anna',
        supervisor: 'sup',
        reason: 'safety_concern',
        openedAt: night,
        facts: ['c1~s'],
      },
    ]);
    expect(open.log.at(-1)?.at).toBe(night);
    const answered = live([concern('c1', night), acknowledged('c1', night + MINUTE, 'ben')], night + DAY);
    expect(casesAtEnd(answered)).toMatchObject([{ assignee: 'ben' }]);
  });

  it('K6 each call is told in the case, and is of use for two hours or a round', () => {
    const lived = live([concern('c1', night), acknowledged('c1', night + 31 * MINUTE)], night + DAY);
    expect(linesOf(lived, 'c1')).toEqual(['called:0', 'called:1', 'called:2']);
    for (const step of saidMessages(lived)) expect(step.expiresAt - step.slot).toBe(2 * HOUR);
    const slow = worriedPair({ policy: { safety: { climbMinutes: 90 } } });
    for (const step of saidMessages(live([concern('c1', night)], night + HOUR, { ctx: slow })))
      expect(step.expiresAt - step.slot).toBe(3 * HOUR);
  });

  it('K6 after an outage each person is called once for what was missed, and the round goes on', () => {
    const down: Array<[number, number]> = [[night + MINUTE, night + 3 * HOUR + MINUTE]];
    const lived = live([concern('c1', night), acknowledged('c1', night + 3 * HOUR + 20 * MINUTE)], night + DAY, {
      down,
    });
    expect(calls(lived)).toEqual([
      `${saturday} 22:40 anna`,
      '2026-10-11 01:41 ben',
      '2026-10-11 01:41 anna',
      '2026-10-11 01:55 ben',
    ]);
  });

  it('K6 whoever is on the ladder and records it thereby acknowledges: nobody is called', () => {
    const lived = live([concern('c1', night, { by: 'ben', mode: 'phone' })], night + DAY);
    expect(calls(lived)).toEqual([]);
    expect(casesAtEnd(lived)).toMatchObject([{ assignee: 'ben', acknowledged: { by: 'ben' } }]);
    expect(linesOf(lived, 'c1')).toEqual(['recorded_by:ben']);
    const other = live([concern('c1', night, { by: 'coord', mode: 'phone' })], night + MINUTE);
    expect(calls(other)).toEqual([`${saturday} 22:40 anna`]);
  });

  it('K6 a recorder who leaves the ladder later has answered all the same', () => {
    const moved = command('staff.changed', night + HOUR, { staff: { safety: ['cleo'] } });
    expect(calls(live([concern('c1', night, { by: 'ben' }), moved], night + DAY))).toEqual([]);
  });

  it('K6 whoever has a part in the pair does not end the calls by acknowledging', () => {
    const events = [concern('c1', night), acknowledged('c1', night + MINUTE, 'mentor_1')];
    expect(calls(live(events, night + 20 * MINUTE))).toHaveLength(2);
  });

  it('K6 a participant on the ladder is passed over', () => {
    const ctx = worriedPair({ staff: { safety: ['mentor_1', 'anna', 'guardian_1'] } });
    expect(calls(live([concern('c1', night)], night + 16 * MINUTE, { ctx }))).toEqual([
      `${saturday} 22:40 anna`,
      `${saturday} 22:55 anna`,
    ]);
  });

  it('K6 with nobody to call the case opens without assignee', () => {
    const lived = live([concern('c1', night)], night + DAY, { ctx: worriedPair({ staff: {} }) });
    expect(calls(lived)).toEqual([]);
    expect(casesAtEnd(lived)).toMatchObject([{ assignee: null }]);
  });

  it('K6 a changed ladder is called from the next rung on, and nobody twice for one', () => {
    const moved = command('staff.changed', night + 20 * MINUTE, { staff: { safety: ['cleo', 'dora'] } });
    const heard = saidMessages(live([concern('c1', night), moved], night + 46 * MINUTE));
    const rungs = heard
      .filter(({ channel }) => channel === 'email')
      .map(({ stepKey, personId }) => [stepKey, personId]);
    expect(rungs.slice(-2)).toEqual([
      ['pair_17/c1~s/safety-alert-2', 'cleo'],
      ['pair_17/c1~s/safety-alert-3', 'dora'],
    ]);
  });

  it('K6 acts whatever the age of the event, and although the pair is closed and its run has ended', () => {
    const old = { ...concern('c1', night), at: night - 60 * DAY, history: true };
    expect(calls(live([old], night + MINUTE))).toEqual([`${saturday} 22:40 anna`]);
    const closing = command('pair.closed', night - 40 * DAY, { reason: 'done' });
    const lived = live([closing, concern('c1', night)], night + MINUTE);
    expect(calls(lived)).toEqual([`${saturday} 22:40 anna`]);
    expect(casesAtEnd(lived)).toHaveLength(1);
  });

  it('K6 survives the closing of the pair, and the run stays as long as it is open', () => {
    const events = [
      concern('c1', night),
      command('pair.closed', night + HOUR, { reason: 'done' }),
      acknowledged('c1', night + 2 * HOUR),
    ];
    const open = live(events, night + 60 * DAY);
    expect(casesAtEnd(open)).toHaveLength(1);
    expect(open.state.retired).toBe(false);
    const cleared = live([...events, resolved('c1', night + 50 * DAY)], night + 60 * DAY);
    expect(casesAtEnd(cleared)).toEqual([]);
    expect(cleared.state.retired).toBe(true);
  });

  it('K6 a retraction is noted and ends nothing', () => {
    const taken = checkIn('c2', night + 5 * MINUTE, { retracts: 'c1~s' });
    const lived = live([concern('c1', night), taken], night + 16 * MINUTE);
    expect(calls(lived)).toHaveLength(2);
    expect(linesOf(lived, 'c1')).toContain('retracted:c1');
    const before = live([{ ...taken, receivedAt: night - MINUTE }, concern('c1', night)], night + MINUTE);
    expect(calls(before)).toHaveLength(1);
    expect(linesOf(before, 'c1')).toContain('retracted:c1');
  });

  it('K6 a retracting event raises no concern by its fields, and does by its words', () => {
    const taken = concern('c2', night, { retracts: 'c1~s' });
    expect(calls(live([taken], night + MINUTE))).toEqual([]);
    expect(calls(live([concern('c2', night, { retracts: 'c1~s', keyword: 'abuse' })], night + MINUTE))).toHaveLength(1);
  });
});

describe('a keyword', () => {
  it.each([
    ['flag.submitted', { by: 'mentor', topic: 'other', priority: 'normal' }, 'mentor_1'],
    ['survey.answered', { by: 'mentee_1', instrument: 'mqs', score: 5, scale: 5 }, 'mentee_1'],
    ['meeting.recorded', { by: 'guardian', occurred: true }, 'guardian_1'],
    ['support.recorded', { by: 'ops', to: 'mentee', kind: 'advice' }, undefined],
    ['week.excused', { sessionDate: '2026-10-07' }, undefined],
  ] as const)('K6 in the words of %s calls the ladder at any hour', (type, data, personId) => {
    const event = { ...command(type, night, { ...data, keyword: 'abuse' }), ref: 'k1~s' };
    const lived = live([event], night + 16 * MINUTE);
    expect(calls(lived)).toEqual([`${saturday} 22:40 anna`, `${saturday} 22:55 ben`]);
    const [step] = casesAtEnd(lived);
    expect(step).toMatchObject({ reason: 'keyword', details: { keyword: 'abuse' } });
    expect(step?.personId).toBe(personId);
  });

  it('K6 beside a concern the concern is the cause', () => {
    const lived = live([concern('c1', night, { keyword: 'abuse', discomfort: true })], night + MINUTE);
    expect(casesAtEnd(lived)).toMatchObject([{ reason: 'safety_concern' }]);
  });
});

describe("a mentee's discomfort", () => {
  it('K6 calls the first person at once, and the others by day only', () => {
    expect(calls(live([discomfort('d1', night)], at('2026-10-11', '08:31')))).toEqual([
      `${saturday} 22:40 anna`,
      '2026-10-11 08:00 ben',
      '2026-10-11 08:15 anna',
      '2026-10-11 08:30 ben',
    ]);
  });

  it('K6 stops in the evening and goes on in the morning, over a change of the clock too', () => {
    const afternoon = at('2026-10-31', '19:20');
    const heard = calls(live([discomfort('d1', afternoon)], at('2026-11-01', '08:20')));
    expect(heard).toEqual([
      '2026-10-31 19:20 anna',
      '2026-10-31 19:35 ben',
      '2026-10-31 19:50 anna',
      '2026-11-01 08:00 ben',
      '2026-11-01 08:15 anna',
    ]);
    const spring = calls(live([discomfort('d1', at('2027-03-13', '19:50'))], at('2027-03-14', '08:16')));
    expect(spring).toEqual(['2027-03-13 19:50 anna', '2027-03-14 08:00 ben', '2027-03-14 08:15 anna']);
  });

  it('K6 of a mentor or guardian is no case of its own', () => {
    const events = ['mentor', 'guardian'].map((respondent) => discomfort(respondent, night, { respondent }));
    expect(casesAtEnd(live(events, night + DAY))).toEqual([]);
  });

  it('K6 becomes a full ladder with a concern, at once and from its first person on', () => {
    const events = [discomfort('d1', night), concern('c2', night + HOUR), acknowledged('d1', night + 80 * MINUTE)];
    const lived = live(events, night + DAY);
    expect(calls(lived)).toEqual([`${saturday} 22:40 anna`, `${saturday} 23:40 anna`, `${saturday} 23:55 ben`]);
    expect(linesOf(lived, 'd1')).toEqual(['called:0', 'concern_again:c2', 'called:c2-0', 'called:c2-1']);
    expect(casesAtEnd(lived)).toMatchObject([{ reason: 'discomfort', facts: ['d1~s', 'c2~s'] }]);
  });
});

describe('further concerns', () => {
  it('K6 attach to the open case; whoever looks after it is told once more', () => {
    const events = [
      concern('c1', night),
      acknowledged('c1', night + 5 * MINUTE, 'ben'),
      concern('c2', night + HOUR),
      checkIn('k3', night + 2 * HOUR, { keyword: 'weapon' }),
    ];
    const lived = live(events, night + DAY);
    expect(casesAtEnd(lived)).toHaveLength(1);
    expect(calls(lived)).toEqual([`${saturday} 22:40 anna`, `${saturday} 23:40 ben`, '2026-10-11 00:40 ben']);
    expect(linesOf(lived, 'c1')).toEqual(['called:0', 'concern_again:c2', 'concern_again:k3']);
  });

  it('K6 what is graver than the discomfort that somebody has answered calls everybody again, until one answers again', () => {
    const events = [
      discomfort('d1', night),
      acknowledged('d1', night + 5 * MINUTE, 'ben'),
      concern('c2', night + 2 * HOUR),
      { ...acknowledged('d1', night + 2 * HOUR + 20 * MINUTE), ref: 'case.acknowledged:d1:2' },
    ];
    const lived = live(events, night + DAY);
    expect(calls(lived)).toEqual([`${saturday} 22:40 anna`, '2026-10-11 00:40 anna', '2026-10-11 00:55 ben']);
    const open = casesAtEnd(live(events.slice(0, 3), night + 3 * HOUR));
    expect(open.map((step) => [step.acknowledged, step.details.callingSince])).toEqual([[undefined, night + 2 * HOUR]]);
    expect(casesAtEnd(lived)).toMatchObject([{ acknowledged: { by: 'anna' } }]);
  });

  it('K6 one that comes a day after somebody has answered calls everybody again, for they may not be at hand any more', () => {
    const heardAfter = (hours: number) => {
      const second = concern('c2', night + HOUR + hours * HOUR);
      return calls(
        live([concern('c1', night), acknowledged('c1', night + HOUR, 'ben'), second], second.at + 16 * MINUTE),
      );
    };
    expect(heardAfter(23).at(-1)).toBe('2026-10-11 22:40 ben');
    expect(heardAfter(24).slice(-2)).toEqual(['2026-10-11 23:40 anna', '2026-10-11 23:55 ben']);
    const uneasy = [concern('c1', night), acknowledged('c1', night + HOUR, 'ben'), discomfort('d2', night + 3 * DAY)];
    const heard = calls(live(uneasy, night + 3 * DAY + 11 * HOUR));
    expect(heard.filter((line) => line > '2026-10-13').slice(0, 3)).toEqual([
      '2026-10-13 22:40 anna',
      '2026-10-14 08:00 ben',
      '2026-10-14 08:15 anna',
    ]);
  });

  it('K6 while nobody has answered, a further one calls nobody twice', () => {
    const events = [concern('c1', night), concern('c2', night + 5 * MINUTE)];
    expect(calls(live(events, night + 16 * MINUTE))).toHaveLength(2);
  });

  it('K6 recorded by who looks after the case, or by somebody of the ladder, need no call', () => {
    const own = [
      concern('c1', night),
      acknowledged('c1', night + MINUTE, 'ben'),
      concern('c2', night + HOUR, { by: 'ben' }),
    ];
    expect(calls(live(own, night + DAY))).toHaveLength(1);
    const others = live([concern('c1', night), concern('c2', night + 5 * MINUTE, { by: 'ben' })], night + DAY);
    expect(calls(others)).toHaveLength(1);
    expect(casesAtEnd(others)).toMatchObject([{ acknowledged: { by: 'ben' } }]);
  });

  it('K6 reach the first of the ladder too where somebody else looks after the case', () => {
    const events = [concern('c1', night), acknowledged('c1', night + MINUTE, 'zoe'), concern('c2', night + HOUR)];
    expect(calls(live(events, night + DAY)).slice(1)).toEqual([`${saturday} 23:40 zoe`, `${saturday} 23:40 anna`]);
  });

  it('K6 open a new case once the one before is cleared', () => {
    const events = [
      concern('c1', night),
      acknowledged('c1', night + MINUTE),
      resolved('c1', night + HOUR),
      concern('c2', night + 2 * HOUR),
    ];
    const lived = live(events, night + 2 * HOUR + MINUTE);
    expect(casesAtEnd(lived)).toMatchObject([{ key: caseOf('c2').caseKey }]);
    expect(calls(lived)).toEqual([`${saturday} 22:40 anna`, '2026-10-11 00:40 anna']);
  });

  it('K6 what came before a case was cleared, and reached it after, was seen by nobody and opens one of its own', () => {
    const down: Array<[number, number]> = [[night + 2 * MINUTE, night + 2 * HOUR]];
    const events = [
      concern('c1', night),
      acknowledged('c1', night + MINUTE),
      concern('c2', night + 30 * MINUTE),
      resolved('c1', night + HOUR),
    ];
    const lived = live(events, night + 2 * HOUR + MINUTE, { down });
    expect(casesAtEnd(lived)).toMatchObject([{ key: caseOf('c2').caseKey, openedAt: night + HOUR, facts: ['c2~s'] }]);
    expect(calls(lived).slice(1)).toEqual(['2026-10-11 00:40 ben', '2026-10-11 00:40 anna']);
  });

  it('K6 what comes at the very instant at which a case is cleared was seen by nobody, and stays open', () => {
    const events = [concern('c1', night), acknowledged('c1', night + MINUTE), concern('c2', night + HOUR)];
    const lived = live([...events, resolved('c1', night + HOUR)], night + HOUR + MINUTE);
    expect(casesAtEnd(lived)).toMatchObject([{ key: caseOf('c2').caseKey, facts: ['c2~s'] }]);
  });

  it('K6 what reaches the pair after somebody has answered is told to them, also when it came before', () => {
    const down: Array<[number, number]> = [[night + MINUTE, night + HOUR]];
    const events = [
      concern('c1', night),
      concern('c2', night + 10 * MINUTE),
      acknowledged('c1', night + 20 * MINUTE, 'ben'),
    ];
    expect(calls(live(events, night + DAY, { down })).slice(1)).toEqual([`${saturday} 23:40 ben`]);
  });
});

describe('a case that has a row of its own', () => {
  const opened = (data = {}) => aboutRow('case.opened', 'case_x', night, { by: 'ops', ...data });

  it('K6 is climbed for too, and no second case is opened', () => {
    const lived = live(
      [opened(), aboutRow('case.acknowledged', 'case_x', night + 20 * MINUTE, { by: 'ben' })],
      night + DAY,
    );
    expect(calls(lived)).toEqual([`${saturday} 22:40 anna`, `${saturday} 22:55 ben`]);
    expect(lived.log.flatMap(({ decision }) => decision.cases)).toEqual([]);
    expect(saidMessages(lived)[0]?.fields).toMatchObject({ caseId: 'case_x', cause: 'opened', openedBy: 'ops' });
  });

  it('K6 opened by somebody of the ladder calls nobody', () => {
    expect(calls(live([opened({ by: 'anna' })], night + DAY))).toEqual([]);
  });

  it('K6 opened for the words of a person calls with that cause', () => {
    const words = opened({ by: undefined, keyword: 'self_harm', personId: 'mentee_1' });
    const [first] = saidMessages(live([words], night + MINUTE));
    expect(first?.fields).toMatchObject({ cause: 'keyword', code: 'self_harm', role: 'mentee', personId: 'mentee_1' });
  });

  it('K6 more words of that person are told to who answered', () => {
    const events = [
      opened({ by: undefined, keyword: 'self_harm', personId: 'mentee_1' }),
      aboutRow('case.acknowledged', 'case_x', night + MINUTE, { by: 'ben' }),
      aboutRow('case.opened', 'case_x', night + HOUR, { keyword: 'abuse', personId: 'mentee_1' }),
    ];
    expect(calls(live(events, night + DAY))).toEqual([`${saturday} 22:40 anna`, `${saturday} 23:40 ben`]);
  });

  it('K6 is over when it is resolved', () => {
    const lived = live([opened(), aboutRow('case.resolved', 'case_x', night + MINUTE)], night + DAY);
    expect(calls(lived)).toHaveLength(1);
    expect(holdsOf(lived.state, night + DAY, lived.ctx)).toEqual([
      { kind: 'safety', from: night, until: night + MINUTE },
    ]);
  });
});

describe('what others learn of it', () => {
  it('K6 the hold lasts from the opening until somebody clears the case', () => {
    const events = [concern('c1', night), acknowledged('c1', night + MINUTE)];
    const open = live(events, night + DAY);
    expect(holdsOf(open.state, night + DAY, open.ctx)).toEqual([{ kind: 'safety', from: night, until: null }]);
    const cleared = live([...events, resolved('c1', night + 2 * HOUR)], night + DAY);
    const span = { kind: 'safety', from: night, until: night + 2 * HOUR };
    expect(holdsOf(cleared.state, night + DAY, cleared.ctx)).toEqual([span]);
  });

  it('K6 spans are kept when what they rested on is forgotten', () => {
    const events = [concern('c1', night), acknowledged('c1', night + MINUTE), resolved('c1', night + HOUR)];
    const events2 = [...events, command('pair.resumed', night + 80 * DAY, {})];
    const lived = live(events2, night + 81 * DAY, { compacting: true });
    expect(JSON.stringify(lived.state.tracks.safety)).not.toContain('c1~s');
    expect(holdsOf(lived.state, night + 81 * DAY, lived.ctx)).toEqual([
      { kind: 'safety', from: night, until: night + HOUR },
    ]);
  });

  it('K6 the view names the case, `next` says nothing of calls, and the plan does to those who may know', () => {
    const { state, ctx } = live([concern('c1', night)], night + MINUTE);
    const view = viewPair(state, night + MINUTE, ctx);
    expect(view).toMatchObject({ openCases: [{ id: caseOf('c1').caseId, kind: 'safety' }], next: [] });
    const plan = planPair(state, night + MINUTE, night + DAY, ctx);
    expect(plan.map(({ at: when, to, channel, sensitive }) => [when, to, channel, sensitive])).toEqual([
      [night + 15 * MINUTE, 'ben', 'sms', true],
      [night + 15 * MINUTE, 'ben', 'email', true],
    ]);
  });

  it('K6 fields of an alert are ids, codes and instants, never words', () => {
    const [step] = saidMessages(live([concern('c1', night, { keyword: 'abuse' })], night + MINUTE));
    expect(step?.fields).toEqual({
      caseId: caseOf('c1').caseId,
      cause: 'safety_concern',
      code: 'abuse',
      role: 'mentee',
      personId: 'mentee_1',
      openedBy: null,
      raisedAt: night,
      mentorId: 'mentor_1',
      menteeId: 'mentee_1',
    });
  });

  it('K6 the climb is that of the version under which it began (V7)', () => {
    const ctx = worriedPair({ policy: { safety: { climbMinutes: 10 } } });
    const later = { ...(ctx.policies[0] as (typeof ctx.policies)[0]), version: 2, since: night + 5 * MINUTE };
    later.policy = { ...later.policy, safety: { ...later.policy.safety, climbMinutes: 60 } };
    const { state } = applyEvent(live([], night, { ctx }).state, concern('c1', night), ctx, night);
    const plan = planPair(state, night + 6 * MINUTE, night + DAY, { ...ctx, policies: [...ctx.policies, later] });
    expect(plan[0]?.at).toBe(night + 10 * MINUTE);
  });
});
