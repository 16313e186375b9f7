import { describe, expect, it } from 'vitest';
import { viewPair } from '../../policy/pair/view.ts';
import type { Respondent } from '../../policy/sections/check-ins.ts';
import { DAY, HOUR, type Instant } from '../../policy/time.ts';
import { asked, at, changePolicy, checkInTerm, contact, guarded, records, standing } from './check-in-term.ts';
import type { PairTerm } from './pair-term.ts';
import { entry } from './support.ts';

const days = (lines: string[]): string[] => lines.map((line) => line.slice(0, 5));

describe('the cadence', () => {
  it('K1 asks each of the three twice in the first month and then monthly, two days ahead at 09:00', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-06-20'));
    for (const personId of ['mentor_1', 'mentee_1', 'guardian_1']) {
      const expected = ['03-20T09:00', '04-03T09:00', '04-13T09:00', '05-13T09:00', '06-13T09:00'];
      expect(asked(term, personId)).toEqual(expected);
    }
  });

  it('K1 a match on the last of January is due on the last of each shorter month, without drift', () => {
    const term = checkInTerm('2027-01-31').run(at('2028-04-02'));
    expect(Object.keys(standing(term)).slice(0, 5)).toEqual([
      '2027-02-07',
      '2027-02-21',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
    ]);
    expect(Object.keys(standing(term)).slice(-4)).toEqual(['2028-01-31', '2028-02-29', '2028-03-31', '2028-04-30']);
  });

  it('K1 a program that asks once a year does ask', () => {
    const term = checkInTerm('2027-03-15', { policy: { checkIns: { firstMonthDays: [], everyMonths: 12 } } });
    term.run(at('2030-03-20'));
    expect(asked(term)).toEqual(['03-13T09:00', '03-13T09:00', '03-13T09:00']);
  });

  it('K1 ends with the match', () => {
    const term = checkInTerm('2027-03-15');
    term.give(entry('pair.closed', at('2027-04-14'), { reason: 'done' }));
    term.run(at('2027-08-01'));
    expect(days(asked(term))).toEqual(['03-20', '04-03', '04-13']);
    expect(standing(term)).toEqual({ '2027-03-22': 'missed', '2027-04-05': 'missed' });
  });

  it('K1 a window that the end of the match cuts short is nobody’s miss', () => {
    const term = checkInTerm('2027-03-15');
    term.give(entry('pair.closed', at('2027-04-07'), { reason: 'done' }));
    expect(standing(term)).toEqual({ '2027-03-22': 'missed', '2027-04-05': 'excused' });
  });

  it('K2 one person in two parts is asked once', () => {
    const term = checkInTerm('2027-03-15', { mentee: { ...guarded, guardianId: 'mentor_1' } }).run(at('2027-04-20'));
    expect(days(asked(term))).toEqual(['03-20', '04-03', '04-13']);
    expect(standing(term, 'guardian')).toEqual({});
    expect(
      term
        .run(at('2027-06-10'))
        .open()
        .filter((key) => key.includes('live-contact/guardian')),
    ).toEqual([]);
    expect(term.open().filter((key) => key.includes('live-contact/mentor'))).toHaveLength(1);
  });

  it('V9 a pair that comes in mid-life starts at its next due day, and what was due before is not counted', () => {
    const term = checkInTerm('2026-09-15', { createdOn: '2027-03-14' }).run(at('2027-04-20'));
    expect(Object.keys(standing(term))).toEqual(['2027-03-15', '2027-04-15', '2027-05-15']);
    expect(asked(term)).toEqual(['03-14T12:00', '04-13T09:00']);
  });
});

describe('what holds a pair', () => {
  it('K11 paused reminders stop no check-in', () => {
    const term = checkInTerm('2027-03-15');
    const opened = { caseId: 'case_1', caseKey: null, caseKind: 'escalation', pauseReminders: true };
    term.give(entry('case.opened', at('2027-03-18'), opened)).run(at('2027-05-20'));
    expect(days(asked(term))).toEqual(['03-20', '04-03', '04-13', '05-13']);
  });

  it('K11 in a pause nobody is asked, and what was due in it is excused', () => {
    const term = checkInTerm('2027-03-15');
    term.give(entry('pair.paused', at('2027-03-30'), { reason: 'away', until: at('2027-04-20') }));
    term.run(at('2027-05-20'));
    expect(days(asked(term))).toEqual(['03-20', '05-13']);
    expect(standing(term)).toMatchObject({ '2027-04-05': 'excused', '2027-04-15': 'excused', '2027-05-15': 'open' });
  });

  it('K11 a question that waits when a pause begins is withdrawn, and not made up for', () => {
    const term = checkInTerm('2027-03-15');
    term.give(entry('pair.paused', at('2027-03-20', '08:00'), { reason: 'away', until: at('2027-03-20', '20:00') }));
    term.run(at('2027-03-26'));
    expect(asked(term)).toEqual([]);
    expect(standing(term)['2027-03-22']).toBe('excused');
  });

  it('K11 nobody is asked while trouble is open', () => {
    const term = checkInTerm('2027-03-15', { policy: { checkIns: {}, contact: {} } });
    term.give(entry('contact.trouble', at('2027-03-19'), { by: 'mentor', option: 'talk_to_someone' }));
    term.run(at('2027-03-29'));
    expect(asked(term)).toEqual([]);
    expect(records(term).find(({ dueOn }) => dueOn === '2027-03-22')?.excused).toBe('trouble');
  });

  it('K11 a safety case excuses, and leaves the question for its gate to hold', () => {
    const term = checkInTerm('2027-03-15');
    term.mailbox = () => ({ heldPairs: ['pair_17'] });
    const opened = { caseId: 'case_1', caseKey: null, caseKind: 'safety', by: 'coord' };
    term.give(entry('case.opened', at('2027-03-18'), opened)).run(at('2027-03-25'));
    expect(asked(term)).toEqual([]);
    expect(term.rows.get('pair_17/2027-03-22/check-in-mentor')?.state).toBe('waiting');
    expect(records(term).find(({ dueOn }) => dueOn === '2027-03-22')?.excused).toBe('safety');
    expect(term.heard('coord').filter((line) => line.includes('overdue'))).toEqual([]);
  });

  it('S11 nothing bursts when a pause ends', () => {
    const term = checkInTerm('2027-03-15');
    term.give(entry('pair.paused', at('2027-03-16'), { reason: 'away' }));
    term.give(entry('pair.resumed', at('2027-07-10')));
    term.run(at('2027-07-12'));
    expect(term.sent).toEqual([]);
    expect(term.open()).toEqual([]);
  });
});

describe('another policy', () => {
  it('V7 one that begins to ask asks for nothing that was due before, and tells of none', () => {
    const term = checkInTerm('2027-01-15', { policy: { contact: {} } }).run(at('2027-05-01'));
    changePolicy(term, { checkIns: {} });
    term.run(at('2027-05-12'));
    expect(asked(term)).toEqual([]);
    expect(term.open().filter((key) => !key.endsWith('contact-quiet'))).toEqual([]);
    term.run(at('2027-06-20'));
    expect(days(asked(term))).toEqual(['05-13', '06-13']);
    expect(Object.keys(standing(term))).toEqual(['2027-05-15', '2027-06-15', '2027-07-15']);
  });

  it('V7 a check-in keeps the version under which it was asked', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-04-14'));
    changePolicy(term, { checkIns: { windowDays: 1, everyMonths: 2 } });
    term.run(at('2027-06-20'));
    const versions = records(term).filter(({ respondent }) => respondent === 'mentor');
    expect(versions.map(({ dueOn, closesOn, policyVersion }) => `${dueOn} ${closesOn} ${policyVersion}`)).toEqual([
      '2027-03-22 2027-03-27 1',
      '2027-04-05 2027-04-10 1',
      '2027-04-15 2027-04-20 1',
      '2027-05-15 2027-05-16 2',
      '2027-07-15 2027-07-16 2',
    ]);
  });

  it('V7 without the section nobody is asked or told any more', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-03-30'));
    expect(term.open()).toHaveLength(3);
    changePolicy(term, { contact: {} });
    term.run(at('2027-05-30'));
    expect(term.open().filter((key) => key.includes('check-in'))).toEqual([]);
    expect(days(asked(term))).toEqual(['03-20']);
  });

  it('V7 more versions than a pair keeps take nothing back, and bring nothing up', () => {
    const off = checkInTerm('2027-01-15', { policy: { contact: {} } }).run(at('2027-05-01'));
    const on = checkInTerm('2027-03-15').run(at('2027-04-19'));
    const before = { cases: on.open(), standing: standing(on) };
    for (let version = 0; version < 20; version++) {
      for (const term of [off, on]) changePolicy(term, { checkIns: { livePerQuarter: version % 2 } });
    }
    expect(off.ctx.policies.length).toBeLessThan(20);
    expect({ cases: on.open(), standing: standing(on) }).toEqual(before);
    expect(off.open().filter((key) => key.includes('check-in'))).toEqual([]);
    expect(Object.keys(standing(off))).toEqual(['2027-05-15']);
  });
});

describe('a program that changes often', () => {
  it('V7 K12 what was never owed stays so, and what was recorded stays, however many versions follow within a year', () => {
    const respondents: Respondent[] = ['mentor', 'mentee'];
    const term = checkInTerm('2027-01-15', { policy: { checkIns: { respondents } }, mentee: guarded });
    term.run(at('2027-04-20'));
    const before = records(term).filter(({ dueOn }) => dueOn < '2027-04-20');
    for (let version = 0; version < 25; version++) {
      changePolicy(term, { checkIns: { windowDays: 3 + (version % 4) } });
      term.run(term.now + HOUR);
    }
    const after = records(term).filter(({ dueOn }) => dueOn < '2027-04-20');
    expect(after).toEqual(before);
    expect(after.filter(({ respondent }) => respondent === 'guardian')).toEqual([]);
    expect(term.open().filter((key) => key.includes('guardian'))).toEqual([]);
    expect(term.ctx.policies.length).toBeLessThan(20);
  });
});

describe('what satisfies', () => {
  const answered = (when: Instant, given = {}): string => {
    const term = checkInTerm('2027-03-15')
      .give(contact('mentor', when, given))
      .run(at('2027-06-01'));
    expect(standing(term)['2027-05-15']).toBe('missed');
    return standing(term)['2027-04-15'] as string;
  };

  it.each(['text', 'email', 'form', 'phone', 'video', 'in_person'])('K3 a contact by %s in the window does', (mode) => {
    expect(answered(at('2027-04-12'), { mode })).toBe('satisfied');
  });

  it('K3 the first and the last day of the window count, and after it a contact comes late until the next opens', () => {
    expect(answered(at('2027-04-11', '00:00'))).toBe('satisfied');
    expect(answered(at('2027-04-20', '23:59'))).toBe('satisfied');
    expect(answered(at('2027-04-21', '00:01'))).toBe('late');
    expect(answered(at('2027-05-09', '23:59'))).toBe('late');
  });

  it('K3 sending the form satisfies nothing', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-04-28'));
    expect(asked(term)).toHaveLength(3);
    expect(standing(term)['2027-04-15']).toBe('missed');
  });

  it('K3 a contact withdraws the question that has not gone yet', () => {
    const term = checkInTerm('2027-03-15');
    term.give(contact('mentor', at('2027-04-12', '20:00'))).run(at('2027-04-20'));
    expect(days(asked(term))).toEqual(['03-20', '04-03']);
    expect(days(asked(term, 'mentee_1'))).toEqual(['03-20', '04-03', '04-13']);
  });

  it('K3 one contact satisfies one check-in where two windows overlap', () => {
    const term = checkInTerm('2027-01-31')
      .give(contact('mentor', at('2027-02-24')))
      .run(at('2027-03-15'));
    expect(standing(term)).toMatchObject({ '2027-02-21': 'satisfied', '2027-02-28': 'missed' });
    const twice = checkInTerm('2027-01-31');
    twice.give(contact('mentor', at('2027-02-24')), contact('mentor', at('2027-02-25'))).run(at('2027-03-15'));
    expect(standing(twice)).toMatchObject({ '2027-02-21': 'satisfied', '2027-02-28': 'satisfied' });
  });

  it('K3 a contact that was taken back satisfies nothing', () => {
    const term = checkInTerm('2027-03-15');
    const made = contact('mentor', at('2027-04-14'));
    term.give(made, entry('checkin.recorded', at('2027-04-16'), { retracts: made.ref })).run(at('2027-05-01'));
    expect(standing(term)['2027-04-15']).toBe('missed');
  });

  it('K12 a record says who made the contact, how, and whether it was live', () => {
    const term = checkInTerm('2027-03-15');
    const made = contact('mentor', at('2027-04-14'), { mode: 'video', by: 'sup' });
    term.give(made);
    const record = records(term).find(({ dueOn, respondent }) => dueOn === '2027-04-15' && respondent === 'mentor');
    const [id, ref] = [made.ref.split('~')[0], made.ref];
    const by = { mode: 'video', by: 'sup' };
    expect(record).toMatchObject({ contact: { id, ref, at: made.at, ...by }, live: true, excused: null });
    expect(record?.id).toMatch(/^chk_[0-9a-f]{32}$/);
  });

  it('V2 the plan names the questions to come, and the view what is next and what is overdue', () => {
    const term: PairTerm = checkInTerm('2027-03-15').run(at('2027-03-22') - DAY);
    const read = () => viewPair(term.state, term.now, term.ctx) as { checkIns: object; next: Array<{ key: string }> };
    const all = ['mentor', 'mentee', 'guardian'];
    const nextOn = (dueOn: string) => all.map((respondent) => ({ respondent, dueOn }));
    expect(read().checkIns).toEqual({ next: nextOn('2027-03-22'), overdue: 0 });
    term.run(at('2027-03-23'));
    expect(read().checkIns).toEqual({ next: nextOn('2027-04-05'), overdue: 3 });
    expect(read().next.map(({ key }) => key)).toEqual(
      [...all].sort((a, b) => (a < b ? -1 : 1)).map((one) => `pair_17/2027-04-05/check-in-${one}`),
    );
  });
});
