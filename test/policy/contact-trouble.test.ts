import { describe, expect, it } from 'vitest';
import { decide } from '../../policy/pair/decide.ts';
import { viewPair } from '../../policy/pair/view.ts';
import { type Partially, type Policy, withDefaults } from '../../policy/program.ts';
import type { EffectStep, MessageStep } from '../../policy/step.ts';
import { DAY, dateOf, HOUR, type Instant, instantOf, MINUTE } from '../../policy/time.ts';
import { PairTerm } from './pair-term.ts';
import { entry, newYork, type Setup, weekly } from './support.ts';

/** T2 to T9: "I can't get in touch", and flags. */

// A Tuesday.
const matchedAt = instantOf('2026-09-08', '12:00', newYork);
const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup', contact: 'contact_1' };

function term(contact: Partially<Policy['contact']> = {}, given: Setup = {}, people = staff): PairTerm {
  const policyDocument = withDefaults({ name: 'Example', zone: newYork, staff: people, policy: { contact } });
  return new PairTerm({ calendar: null, matchedAt, policyDocument, ...given });
}

const minor = {
  mentee: { id: 'mentee_1', leave: null, isMinor: true, guardianId: 'guardian_1' },
};

function day(days: number, time = '12:00'): Instant {
  return instantOf(dateOf(matchedAt + days * DAY, newYork), time, newYork);
}

function trouble(days: number, by: string, option: string, given = {}) {
  return entry('contact.trouble', day(days), { by, option }, given);
}

/** What was sent to a person, as `day time template`. */
function heard(pair: PairTerm, to: string): string[] {
  return pair.sent
    .filter((item) => item.to === to)
    .map(({ at, key, variant }) => {
      const clock = new Date(at - 4 * HOUR).toISOString().slice(11, 16);
      const days = Math.round((at - day(0, '00:00') - 12 * HOUR) / DAY);
      return `${days} ${clock} ${key.split('/').at(-2)}${variant ? ` ${variant}` : ''}`;
    });
}

function effects(pair: PairTerm): Array<Pick<EffectStep, 'effect' | 'personId' | 'details'>> {
  const said = pair.decisions.flatMap(({ decision }) =>
    decision.effects.filter((step) => decision.fresh.includes(step)),
  );
  return said.map(({ effect, personId, details }) => ({ effect, personId, details }));
}

function openCases(pair: PairTerm): string[] {
  return [...pair.cases.values()]
    .filter((step) => !step.outcome)
    .map(({ caseKind, reason }) => `${caseKind} ${reason}`);
}

const keyOf = (event: { ref: string }): string => `pair_17/${event.ref.split('~')[0]}/trouble`;

describe('T3 how to reach out', () => {
  it('T3 help goes to the reporter at once, the match stays, and the question how it went comes after 7 days', () => {
    const pair = term()
      .give(trouble(1, 'mentee', 'how_to_reach_out'))
      .run(day(9));
    expect(heard(pair, 'mentee_1')).toEqual(['1 12:00 how-to-reach-out', '8 09:00 how-to-recheck recheck']);
    expect([heard(pair, 'mentor_1'), pair.ctx.closed]).toEqual([[], null]);
    expect(openCases(pair)).toEqual(['trouble how_to_reach_out']);
  });

  it('T8 the case closes itself 7 days after the recheck, and only then what is automated goes on', () => {
    const pair = term()
      .give(trouble(1, 'mentee', 'how_to_reach_out'))
      .run(day(14));
    expect(openCases(pair)).toEqual(['trouble how_to_reach_out']);
    pair.run(day(16));
    expect([openCases(pair), [...pair.cases.values()][0]?.outcome]).toEqual([[], 'resolved']);
    expect(heard(pair.run(day(60)), 'mentor_1').filter((line) => line.includes('log'))[0]).toBe(
      '28 09:00 log-conversation',
    );
    expect(viewPair(pair.state, day(60), pair.ctx)).toMatchObject({
      openCases: expect.not.arrayContaining(['trouble']),
    });
  });

  it('T8 a second report begins the days anew; one after the case has closed opens another', () => {
    const first = trouble(1, 'mentee', 'how_to_reach_out');
    const last = trouble(30, 'mentee', 'how_to_reach_out');
    const pair = term()
      .give(first, trouble(6, 'mentee', 'how_to_reach_out'))
      .run(day(19));
    expect(heard(pair, 'mentee_1')).toEqual([
      '1 12:00 how-to-reach-out',
      '6 12:00 how-to-reach-out',
      '13 09:00 how-to-recheck recheck',
    ]);
    expect(openCases(pair)).toEqual(['trouble how_to_reach_out']);
    expect(pair.cases.get(keyOf(first))?.lines).toMatchObject([{ code: 'how_to_reach_out' }]);
    pair.run(day(21)).give(last);
    expect(pair.cases.get(keyOf(last))?.outcome).toBeUndefined();
  });

  it('T3 the recheck is kept back in a pause, and by another option', () => {
    const paused = term().give(trouble(1, 'mentee', 'how_to_reach_out'));
    paused.give(entry('pair.paused', day(2), { reason: 'ill', until: day(30) })).run(day(10));
    expect(heard(paused, 'mentee_1')).toEqual(['1 12:00 how-to-reach-out']);
    const talked = term().give(trouble(1, 'mentee', 'how_to_reach_out'), trouble(2, 'mentee', 'talk_to_someone'));
    expect(heard(talked.run(day(10)), 'mentee_1')).toEqual(['1 12:00 how-to-reach-out', '2 12:00 trouble-received']);
  });
});

describe('T4 talking to someone', () => {
  it('T4 opens a case with the contact person, and tells the reporter who will be in touch and by when', () => {
    // Thursday: two working days on is Monday.
    const report = trouble(2, 'mentor_1', 'talk_to_someone');
    const pair = term().give(report).run(day(3));
    expect(pair.cases.get(keyOf(report))).toMatchObject({
      caseKind: 'trouble',
      assignee: 'contact_1',
      supervisor: 'sup',
      personId: 'mentor_1',
      details: { option: 'talk_to_someone' },
    });
    expect(heard(pair, 'mentor_1')).toEqual(['2 12:00 trouble-received']);
    expect(heard(pair, 'contact_1')).toEqual(['2 12:02 trouble-case']);
    expect([heard(pair, 'mentee_1'), heard(pair, 'coord'), pair.ctx.closed]).toEqual([[], [], null]);
    const [notice] = messages(pair, 'trouble-received');
    expect(notice?.fields).toMatchObject({ contactId: 'contact_1', answerBy: '2026-09-14' });
  });

  it('T4 without a contact person the coordinator takes it; without either it opens unassigned', () => {
    const { contact: _, ...noContact } = staff;
    const report = trouble(2, 'mentor', 'talk_to_someone');
    const pair = term({}, {}, noContact as typeof staff).give(report);
    expect(pair.cases.get(keyOf(report))?.assignee).toBe('coord');
    const alone = term({}, {}, {} as typeof staff).give(report);
    expect(alone.cases.get(keyOf(report))?.assignee).toBeNull();
    expect(heard(alone.run(day(3)), 'mentor_1')).toEqual(['2 12:00 trouble-received']);
  });

  it('T2 T4 a guardian reports for the mentee, and may choose two options only', () => {
    const report = trouble(2, 'guardian', 'talk_to_someone');
    const pair = term({}, minor).give(report).run(day(3));
    expect(pair.cases.get(keyOf(report))?.personId).toBe('mentee_1');
    expect(heard(pair, 'guardian_1')).toEqual(['2 12:00 trouble-received']);
    expect(
      term({}, minor)
        .give(trouble(2, 'guardian_1', 'rematch_me'))
        .open(),
    ).toEqual([]);
    expect(
      term()
        .give(trouble(2, 'guardian', 'talk_to_someone'))
        .open(),
    ).toEqual([]);
  });

  it('T2 T7 the guardian of an adult reports nothing for them', () => {
    const adult = { mentee: { ...minor.mentee, isMinor: false } };
    for (const by of ['guardian', 'guardian_1']) {
      const pair = term({}, adult).give(trouble(2, by, 'remove_me'));
      expect([pair.open(), pair.ctx.closed, effects(pair)]).toEqual([[], null, []]);
    }
  });

  it('T8 automated messages to the pair stop while the case is open, and slots in it are not made up for', () => {
    const classWeek = withDefaults({ name: 'E', zone: newYork, staff, policy: { contact: {}, classWeek: {} } });
    const given = { calendar: weekly(), matchedAt, policyDocument: classWeek };
    // The first class is on day 1, its mail on day 4 and its text on day 7.
    const report = trouble(2, 'mentee', 'talk_to_someone');
    const pair = term({}, given).give(report);
    pair.give(
      entry('case.resolved', day(6), {
        caseId: 'case_x',
        caseKey: keyOf(report),
        caseKind: 'trouble',
        outcome: 'resolved',
      }),
    );
    pair.run(day(8, '09:00'));
    expect(heard(pair, 'mentor_1')).toEqual(['7 16:00 2026-09-09 regular']);
    expect(openCases(pair)).toEqual([]);
  });

  it('T8 a report that is taken back leaves no case', () => {
    const report = trouble(2, 'mentee', 'talk_to_someone');
    const pair = term().give(report, entry('contact.trouble', day(3), { retracts: report.ref }));
    expect(pair.open()).toEqual([]);
  });

  it('E2 a report that comes too late to act does nothing', () => {
    const pair = term().give(trouble(2, 'mentee', 'remove_me', { receivedAt: day(12), history: true }));
    expect([pair.open(), pair.ctx.closed, effects(pair)]).toEqual([[], null, []]);
  });

  it('without the section nothing is done', () => {
    const policyDocument = withDefaults({ name: 'E', zone: newYork, staff, policy: {} });
    const pair = term({}, { policyDocument }).give(trouble(2, 'mentee', 'remove_me'));
    expect([pair.open(), pair.ctx.closed, effects(pair)]).toEqual([[], null, []]);
  });
});

function messages(pair: PairTerm, template: string): MessageStep[] {
  const all = pair.decisions.flatMap(({ decision }) => decision.messages);
  return all.filter((step) => step.template === template);
}

describe('T5 T6 T7 what ends a match', () => {
  it('T5 a re-match closes the pair, queues its reporter for after the cooldown, and tells both no more than the end', () => {
    const report = trouble(3, 'mentee', 'rematch_me');
    const pair = term().give(report).run(day(4));
    expect(pair.ctx.closed).toEqual({ at: day(3), reason: 'rematch' });
    expect(effects(pair)).toEqual([{ effect: 'rematch', personId: 'mentee_1', details: { rematchAfter: day(17) } }]);
    for (const to of ['mentor_1', 'mentee_1']) expect(heard(pair, to)).toEqual(['3 12:00 pair-closed']);
    const [told] = messages(pair, 'pair-closed');
    expect(told?.fields).toEqual({ mentorId: 'mentor_1', menteeId: 'mentee_1', contactId: 'contact_1' });
    expect(pair.cases.get(keyOf(report))).toMatchObject({ outcome: 'moot', details: { option: 'rematch_me' } });
  });

  it('T6 a mentor who wants none is marked so; a mentee cannot choose that', () => {
    const pair = term().give(trouble(3, 'mentor', 'unmatch_no_rematch'));
    expect(effects(pair)).toEqual([{ effect: 'unavailable', personId: 'mentor_1', details: { reason: 'no_rematch' } }]);
    expect(pair.ctx.closed?.reason).toBe('no_rematch');
    const refused = term().give(trouble(3, 'mentee_1', 'unmatch_no_rematch'));
    expect([refused.ctx.closed, effects(refused), refused.open()]).toEqual([null, [], []]);
  });

  it('T7 whoever asks to be removed leaves everything, and is not even told of the end', () => {
    const pair = term()
      .give(trouble(3, 'mentee', 'remove_me'))
      .run(day(4));
    expect(effects(pair)).toEqual([{ effect: 'leave', personId: 'mentee_1', details: {} }]);
    expect([heard(pair, 'mentee_1'), heard(pair, 'mentor_1')]).toEqual([[], ['3 12:00 pair-closed']]);
  });

  it('T2 T7 a guardian takes the mentee out', () => {
    const pair = term({}, minor)
      .give(trouble(3, 'guardian', 'remove_me'))
      .run(day(4));
    expect(effects(pair)).toEqual([{ effect: 'leave', personId: 'mentee_1', details: {} }]);
    expect(heard(pair, 'guardian_1')).toEqual([]);
  });

  it('T8 of several reports the strongest decides, in whatever order they come, in one case', () => {
    const options = ['how_to_reach_out', 'talk_to_someone', 'rematch_me', 'remove_me'];
    for (const order of [options, [...options].reverse(), ['talk_to_someone', 'remove_me', 'how_to_reach_out']]) {
      const reports = order.map((option, index) => trouble(1 + index, 'mentee', option));
      const pair = term()
        .give(...reports)
        .run(day(10));
      expect(pair.cases.get(keyOf(reports[0] as { ref: string }))?.details).toEqual({ option: 'remove_me' });
      expect(
        effects(pair)
          .map(({ effect }) => effect)
          .at(-1),
      ).toBe('leave');
    }
  });

  it('T8 a stronger report on a closed pair still acts, a weaker one of the same person does not', () => {
    const first = trouble(1, 'mentor', 'rematch_me');
    const pair = term().give(first, trouble(5, 'mentor', 'rematch_me'), trouble(6, 'mentor', 'remove_me'));
    expect(effects(pair).map(({ effect }) => effect)).toEqual(['rematch', 'leave']);
    expect(pair.cases.get(keyOf(first))).toMatchObject({ outcome: 'moot', details: { option: 'remove_me' } });
    pair.give(trouble(7, 'mentor', 'unmatch_no_rematch'));
    expect(effects(pair)).toHaveLength(2);
  });

  it('T6 T8 whoever asks for a re-match and not to be matched again is not matched again, in either order', () => {
    const acts = (...options: string[]) => {
      const pair = term().give(...options.map((option, index) => trouble(1 + index, 'mentor', option)));
      return effects(pair).map(({ effect }) => effect);
    };
    expect(acts('rematch_me', 'unmatch_no_rematch')).toEqual(['rematch', 'unavailable']);
    expect(acts('unmatch_no_rematch', 'rematch_me')).toEqual(['unavailable']);
  });

  it('T8 what is decided a moment before an ending report counts is decided all the same', () => {
    for (const option of ['rematch_me', 'unmatch_no_rematch', 'remove_me']) {
      const pair = term().give(trouble(1, 'mentor', option));
      expect(() => decide(pair.state, day(1) - 5, pair.ctx)).not.toThrow();
    }
  });

  it('T8 the other one of a closed pair may still ask for themselves', () => {
    const pair = term().give(trouble(1, 'mentor', 'remove_me'), trouble(2, 'mentee', 'rematch_me'));
    expect(effects(pair).map(({ effect, personId }) => `${effect} ${personId}`)).toEqual([
      'leave mentor_1',
      'rematch mentee_1',
    ]);
  });

  it('T4 T8 somebody who wants to talk after the end gets a case, and participants hear nothing but the end', () => {
    const pair = term().give(entry('pair.closed', day(1), { reason: 'moved_away' }));
    const report = trouble(2, 'mentee', 'talk_to_someone');
    pair.give(report).run(day(3));
    expect(openCases(pair)).toEqual(['trouble talk_to_someone']);
    expect(heard(pair, 'mentee_1')).toEqual(['1 12:00 pair-closed']);
    expect(heard(pair, 'contact_1')).toEqual(['2 12:02 trouble-case']);
    expect(pair.give(trouble(4, 'mentee', 'how_to_reach_out')).sent).toHaveLength(3);
  });

  it('T7 one of whom the pair hears that they left with all their pairs is not told of its end', () => {
    const pair = term()
      .give(entry('pair.closed', day(1), { reason: 'removed', personId: 'mentor_1' }))
      .run(day(2));
    expect([heard(pair, 'mentor_1'), heard(pair, 'mentee_1')]).toEqual([[], ['1 12:00 pair-closed']]);
  });

  it('effects are named once each, also by a pair that starts again from its last say', () => {
    const pair = term()
      .give(trouble(3, 'mentee', 'rematch_me'))
      .run(day(20));
    expect(effects(pair)).toHaveLength(1);
    pair.run(day(34));
    expect(pair.decisions.at(-1)?.decision.retires).toBe(true);
    expect(effects(pair)).toHaveLength(1);
  });

  it('S4 T8 staff who resolve the case act likewise', () => {
    for (const [outcome, personId, effect] of [
      ['rematch', 'mentee_1', 'rematch'],
      ['unavailable', 'mentor_1', 'unavailable'],
      ['removed', 'mentor_1', 'leave'],
    ] as const) {
      const report = trouble(1, 'mentee', 'talk_to_someone');
      const data = { caseId: 'case_x', caseKey: keyOf(report), caseKind: 'trouble', outcome, personId };
      const pair = term()
        .give(report, entry('case.resolved', day(2), data))
        .run(day(3));
      expect(effects(pair).map((step) => `${step.effect} ${step.personId}`)).toEqual([`${effect} ${personId}`]);
      expect(pair.ctx.closed?.reason ?? null).toBe(outcome === 'unavailable' ? null : outcome);
      expect(openCases(pair)).toEqual([]);
      expect(heard(pair, personId).includes('2 12:00 pair-closed')).toBe(outcome === 'rematch');
    }
  });

  it('S4 an outcome that names nobody of the pair removes nobody, and a re-match without a name is for both', () => {
    const report = trouble(1, 'mentee', 'talk_to_someone');
    const resolved = (outcome: string, personId?: string) =>
      term().give(
        report,
        entry('case.resolved', day(2), {
          ...{ caseId: 'case_x', caseKey: keyOf(report), caseKind: 'trouble', outcome },
          ...(personId && { personId }),
        }),
      );
    const nobody = resolved('removed', 'somebody_else');
    expect([effects(nobody), nobody.ctx.closed]).toEqual([[], null]);
    expect(effects(resolved('rematch')).map(({ personId }) => personId)).toEqual(['mentor_1', 'mentee_1']);
  });
});

describe('T9 flags', () => {
  function flag(days: number, data: Record<string, unknown> = {}) {
    return entry('flag.submitted', day(days), { by: 'mentee', topic: 'schedule', priority: 'normal', ...data });
  }
  const keyOfFlag = (event: { ref: string }): string => `pair_17/${event.ref.split('~')[0]}/flag`;

  it('T9 a flag is a case with its topic and priority, reaches its staff, and its sender hears who will be in touch', () => {
    const raised = flag(2);
    const pair = term().give(raised).run(day(3));
    expect(pair.cases.get(keyOfFlag(raised))).toMatchObject({
      caseKind: 'flag',
      assignee: 'contact_1',
      details: { topic: 'schedule', priority: 'normal' },
    });
    expect(heard(pair, 'contact_1')).toEqual(['2 12:02 flag-case']);
    expect(heard(pair, 'mentee_1')).toEqual(['2 12:00 trouble-received']);
    expect(messages(pair, 'trouble-case')[0]?.fields).toMatchObject({ topic: 'schedule', proposeResources: true });
  });

  it('T9 an immediate one goes by mail and text at once, at night too, and outlives the match', () => {
    const raised = entry('flag.submitted', day(2, '23:30'), { by: 'mentee', priority: 'immediate' });
    const pair = term().give(raised).run(day(3));
    expect(heard(pair, 'contact_1')).toEqual(['2 23:30 flag-case-text immediate', '2 23:30 flag-case immediate']);
    expect(
      [...pair.rows.values()].filter(({ personId }) => personId === 'contact_1').map((row) => row.channel),
    ).toEqual(['email', 'sms']);
    pair.give(entry('pair.closed', day(4), { reason: 'moved_away' })).run(day(50));
    expect(openCases(pair)).toEqual(['flag flag']);
    expect(pair.decisions.at(-1)?.decision.retires).toBe(false);
    const data = { caseId: 'c', caseKey: keyOfFlag(raised), caseKind: 'flag', outcome: 'resolved' };
    pair.give(entry('case.resolved', day(51), data));
    expect([openCases(pair), pair.decisions.at(-1)?.decision.retires]).toEqual([[], true]);
  });

  it('T9 M5 an immediate one is told once to a contact person without a phone', () => {
    const pair = term();
    pair.mailbox = () => ({ hasPhone: false });
    pair.give(entry('flag.submitted', day(2), { by: 'mentee', priority: 'immediate' })).run(day(3));
    expect(heard(pair, 'contact_1')).toEqual(['2 12:00 flag-case immediate']);
    const told = [...pair.rows.values()].filter(({ personId }) => personId === 'contact_1');
    expect(told.map(({ channel, state, reason }) => [channel, state, reason])).toEqual([
      ['email', 'sent', null],
      ['sms', 'skipped', 'merged'],
    ]);
  });

  it('T9 a normal one is moot with its match', () => {
    const pair = term().give(flag(2), entry('pair.closed', day(4), { reason: 'moved_away' }));
    expect(openCases(pair)).toEqual([]);
  });

  it('T9 what there is on the topic is proposed to staff, sent at once, or neither', () => {
    const sends = term({ flagResources: 'send' }).give(flag(2)).run(day(3));
    expect(heard(sends, 'mentee_1')).toEqual(['2 12:00 trouble-received', '2 12:02 resources']);
    expect(messages(sends, 'trouble-case')[0]?.fields).toMatchObject({ proposeResources: false });
    const off = term({ flagResources: 'off' }).give(flag(2)).run(day(3));
    expect(heard(off, 'mentee_1')).toEqual(['2 12:00 trouble-received']);
    expect(messages(off, 'trouble-case')[0]?.fields).toMatchObject({ proposeResources: false });
    const noTopic = term({ flagResources: 'send' })
      .give(flag(2, { topic: undefined }))
      .run(day(3));
    expect(heard(noTopic, 'mentee_1')).toEqual(['2 12:00 trouble-received']);
  });

  it('T9 each is a case of its own, and one that is taken back is none', () => {
    const wrong = flag(3);
    const pair = term().give(flag(2), wrong);
    expect(openCases(pair)).toHaveLength(2);
    pair.give(entry('flag.submitted', day(4), { retracts: wrong.ref }));
    expect(openCases(pair)).toHaveLength(1);
    expect(viewPair(pair.state, pair.now, pair.ctx).openCases).toMatchObject([{ kind: 'flag' }]);
  });

  it('T9 a flag that staff raise has nobody to answer', () => {
    const pair = term()
      .give(flag(2, { by: 'coord' }))
      .run(day(3));
    expect(pair.sent.map(({ to }) => to)).toEqual(['contact_1']);
    expect(pair.now - day(3)).toBeLessThan(MINUTE);
  });
});
