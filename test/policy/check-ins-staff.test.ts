import { describe, expect, it } from 'vitest';
import type { Respondent } from '../../policy/sections/check-ins.ts';
import { type Instant, MINUTE } from '../../policy/time.ts';
import { asked, at, checkInTerm, contact, guarded, records, resolve, standing, told } from './check-in-term.ts';
import type { PairTerm } from './pair-term.ts';
import { entry } from './support.ts';

const everybody: Respondent[] = ['guardian', 'mentee', 'mentor'];

/** A pair of which each of the three was spoken with on the first due day. */
function begun(): PairTerm {
  const made = everybody.map((respondent) => contact(respondent, at('2027-03-22', '13:00'), { mode: 'phone' }));
  return checkInTerm('2027-03-15').give(...made);
}

describe('a check-in that nobody has made', () => {
  const overdue = (term: PairTerm, personId: string): string[] =>
    told(term, personId).filter((line) => line.includes('overdue'));

  it('K3 M4 the coordinator hears after 3 days and the supervisor after 7, with the list of a working day at 08:00', () => {
    const term = begun().run(at('2027-04-14'));
    // Due on Monday 5 April: three days after is Thursday; seven days after is Monday.
    expect(overdue(term, 'coord')).toEqual(everybody.map((one) => `04-08T08:00 check-in-overdue-${one}-1`));
    expect(overdue(term, 'sup')).toEqual(everybody.map((one) => `04-12T08:00 check-in-overdue-${one}-2`));
  });

  it('M4 lists go on working days: what is overdue on a Saturday is told on Monday', () => {
    const term = checkInTerm('2027-03-10', { policy: { checkIns: { firstMonthDays: [14], respondents: ['mentor'] } } });
    term.run(at('2027-03-30'));
    // Due on Wednesday 24 March: three days after is Saturday.
    expect(overdue(term, 'coord')).toEqual(['03-29T08:00 check-in-overdue-mentor-1']);
  });

  it('M4 what is overdue waits for the list, so that the lists of all pairs are one', () => {
    const term = begun().run(at('2027-04-08', '00:01'));
    const row = term.rows.get('pair_17/2027-04-05/check-in-overdue-mentor-1/coord');
    expect(row).toMatchObject({ state: 'waiting', notBefore: at('2027-04-08', '08:00') });
    expect(term.open()).toEqual([]);
    term.give(contact('mentor', at('2027-04-08', '07:00'))).run(at('2027-04-09'));
    expect(overdue(term, 'coord')).toEqual([
      '04-08T08:00 check-in-overdue-guardian-1',
      '04-08T08:00 check-in-overdue-mentee-1',
    ]);
  });

  it('K3 is one case a respondent at a time: a further miss is a line in it, and a contact ends it', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-04-19', '09:00'));
    const key = 'pair_17/2027-03-22/check-in-overdue/mentor';
    expect(term.open()).toEqual(everybody.map((one) => key.replace('mentor', one)));
    expect(term.cases.get(key)).toMatchObject({
      caseKind: 'check-in-overdue',
      personId: 'mentor_1',
      assignee: 'coord',
      supervisor: 'sup',
      openedAt: at('2027-03-25', '08:00'),
      lines: [
        { code: 'missed_again', ref: '2027-04-05' },
        { code: 'missed_again', ref: '2027-04-15' },
      ],
    });
    term.give(contact('mentor', at('2027-04-19', '10:00')));
    expect(term.open().filter((other) => other.endsWith('/mentor'))).toEqual([]);
  });

  it('K3 a case that staff resolved does not come back; the next miss opens another', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-03-26'));
    const key = 'pair_17/2027-03-22/check-in-overdue/mentor';
    term.give(resolve(key, at('2027-03-27'))).run(at('2027-04-01'));
    expect(term.open()).not.toContain(key);
    expect(told(term, 'sup')).toEqual(['guardian', 'mentee'].map((one) => `03-29T08:00 check-in-overdue-${one}-2`));
    term.run(at('2027-04-09'));
    expect(term.open()).not.toContain(key);
    expect(term.open()).toContain('pair_17/2027-04-05/check-in-overdue/mentor');
  });

  it('E2 a contact that came too late to act counts in the record, and ends no case', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-04-19'));
    const open = term.open();
    term.give(contact('mentor', at('2027-04-14'), { lateDays: 9 }));
    expect(open).toHaveLength(3);
    expect(term.open()).toEqual(open);
    expect(standing(term)['2027-04-15']).toBe('satisfied');
  });

  it('E2 a retraction that came too late to act changes the record, and tells nobody', () => {
    const made = contact('mentor', at('2027-04-14'));
    const takenBack = (history: boolean) => {
      const term = checkInTerm('2027-03-15').give(made).run(at('2027-04-19'));
      const receivedAt = at('2027-04-24', '12:00');
      const given = history ? { receivedAt, history: true as const } : { receivedAt };
      term.give(entry('checkin.recorded', at('2027-04-15'), { retracts: made.ref }, given)).run(at('2027-04-27'));
      return [standing(term)['2027-04-15'], told(term, 'sup').filter((line) => /^04-24.*mentor/.test(line)).length];
    };
    expect([takenBack(true), takenBack(false)]).toEqual([
      ['missed', 0],
      ['missed', 1],
    ]);
  });

  it('K3 K11 a safety case that was cleared before the due day excuses nothing: it is owed, and staff are told', () => {
    const term = checkInTerm('2027-03-15');
    const opened = { caseId: 'case_1', caseKey: null, caseKind: 'safety', by: 'coord' };
    term.give(entry('case.opened', at('2027-03-20', '08:00'), opened));
    term.give(entry('case.resolved', at('2027-03-20', '10:00'), { ...opened, outcome: 'cleared' }));
    term.run(at('2027-03-26'));
    expect(records(term).find(({ dueOn }) => dueOn === '2027-03-22')?.excused).toBeNull();
    expect(told(term, 'coord').filter((line) => line.includes('overdue'))).toHaveLength(3);
  });

  it('K11 nobody is pressed in a pause: what is still owed is told with the first list after it', () => {
    const term = checkInTerm('2027-03-15');
    term.give(entry('pair.paused', at('2027-03-23'), { reason: 'away', until: at('2027-03-26', '12:00') }));
    term.run(at('2027-03-26', '11:00'));
    expect(term.heard('coord')).toEqual([]);
    term.run(at('2027-03-30'));
    expect(told(term, 'coord')).toEqual(everybody.map((one) => `03-29T08:00 check-in-overdue-${one}-1`));
  });

  it('K11 what a pause put off until the next check-in is at hand is let go', () => {
    const term = checkInTerm('2027-03-15');
    term.give(entry('pair.paused', at('2027-03-23'), { reason: 'away', until: at('2027-03-31', '12:00') }));
    term.run(at('2027-04-02'));
    expect(term.heard('coord')).toEqual([]);
    expect(standing(term)['2027-03-22']).toBe('missed');
  });

  it('K3 staff of the pair hear of it, and whoever takes over of what was not told yet', () => {
    const term = begun().run(at('2027-04-08', '00:01'));
    term.give(entry('staff.changed', at('2027-04-08', '06:00'), { staff: { coordinator: 'other' } }));
    term.run(at('2027-04-09'));
    expect(overdue(term, 'coord')).toEqual([]);
    expect(overdue(term, 'other')).toHaveLength(3);
    expect(term.cases.get('pair_17/2027-04-05/check-in-overdue/mentor')?.assignee).toBe('other');
  });
});

describe('live contact', () => {
  const live = (term: PairTerm): string[] => told(term, 'coord').filter((line) => line.includes('live-contact'));

  it('K4 is asked for 14 days before a quarter ends, for each respondent nobody has spoken with', () => {
    const term = checkInTerm('2027-03-15');
    term.give(contact('mentee', at('2027-04-20'), { mode: 'phone' }));
    term.give(contact('mentor', at('2027-04-21'), { mode: 'form' })).run(at('2027-06-02'));
    // 15 June less 14 days is Tuesday 1 June.
    expect(live(term)).toEqual(['06-01T08:00 live-contact-guardian', '06-01T08:00 live-contact-mentor']);
    const key = 'pair_17/2027-03-15/live-contact/mentor';
    expect(term.cases.get(key)).toMatchObject({ caseKind: 'check-in-overdue', reason: 'live_contact_missing' });
    term.give(contact('mentor', at('2027-06-03'), { mode: 'text' }));
    expect(term.open()).toContain(key);
    term.give(contact('mentor', at('2027-06-04'), { mode: 'in_person' }));
    expect(term.open()).not.toContain(key);
  });

  it('K4 is asked for until the quarter ends, and counts anew in the next', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-06-14'));
    expect(term.open().filter((key) => key.includes('2027-03-15/live-contact'))).toHaveLength(3);
    term.run(at('2027-06-15', '00:01'));
    expect(term.open().filter((key) => key.includes('live-contact'))).toEqual([]);
    term.run(at('2027-09-02'));
    expect(live(term).filter((line) => line.startsWith('09-01'))).toHaveLength(3);
  });

  it('K4 a case that staff resolved stays so for that quarter', () => {
    const term = checkInTerm('2027-03-15').run(at('2027-06-02'));
    const key = 'pair_17/2027-03-15/live-contact/mentor';
    term.give(resolve(key, at('2027-06-02'))).run(at('2027-06-10'));
    expect(term.open()).not.toContain(key);
    term.run(at('2027-09-02'));
    expect(term.open()).toContain('pair_17/2027-06-15/live-contact/mentor');
  });

  it('K4 a program that asks for none hears of none', () => {
    const term = checkInTerm('2027-03-15', { policy: { checkIns: { livePerQuarter: 0 } } }).run(at('2027-06-14'));
    expect(live(term)).toEqual([]);
  });

  it('V9 one that was to be asked for before the pair was known is not', () => {
    const term = checkInTerm('2027-01-15', { createdOn: '2027-04-05' }).run(at('2027-04-16'));
    expect(live(term)).toEqual([]);
  });
});

describe('a guardian whom nobody knows', () => {
  const alone = { ...guarded, guardianId: null as unknown as string };
  const missing = (term: PairTerm): string[] => term.open().filter((key) => key.endsWith('guardian-missing'));
  const knows = (term: PairTerm, guardianId: string | null, instant: Instant): void => {
    term.world.guardians.mentee_1 = guardianId;
    term.give(entry('person.changed', instant, { personId: 'mentee_1' }));
  };

  it('K2 of a minor is an alert until one is known, and again when there is none any more', () => {
    const term = checkInTerm('2027-03-15', { mentee: alone }).run(at('2027-03-16'));
    expect(told(term, 'coord')).toEqual(['03-15T12:02 guardian-missing']);
    expect(missing(term)).toEqual(['pair_17/2027-03-15/guardian-missing']);
    expect(term.cases.get('pair_17/2027-03-15/guardian-missing')).toMatchObject({
      caseKind: 'task',
      reason: 'guardian_missing',
      assignee: 'coord',
      personId: 'mentee_1',
    });
    knows(term, 'guardian_1', at('2027-03-17'));
    expect(missing(term)).toEqual([]);
    expect(asked(term.run(at('2027-03-24')), 'guardian_1')).toEqual(['03-20T09:00']);
    knows(term, null, at('2027-03-25'));
    expect(missing(term)).toEqual(['pair_17/2027-03-25/guardian-missing']);
  });

  it('K2 staff may end the alert', () => {
    const term = checkInTerm('2027-03-15', { mentee: alone }).run(at('2027-03-16'));
    term.give(resolve('pair_17/2027-03-15/guardian-missing', at('2027-03-17'))).run(at('2027-04-30'));
    expect(missing(term)).toEqual([]);
  });

  it('K2 of an adult is nothing to tell', () => {
    const term = checkInTerm('2027-03-15', { mentee: { ...alone, isMinor: false } }).run(at('2027-04-01'));
    expect(missing(term)).toEqual([]);
    expect(asked(term, 'guardian_1')).toEqual([]);
  });
});

describe('the hand-off', () => {
  const handedTo = (term: PairTerm, personId: string): string[] =>
    told(term, personId).filter((line) => line.includes('contact-handoff'));

  it('K7 each contact is handed to the coordinator, and not to whoever recorded it', () => {
    const term = checkInTerm('2027-03-15');
    const bySupervisor = contact('mentor', at('2027-03-20', '10:00'), { by: 'sup' });
    term.give(bySupervisor, contact('mentee', at('2027-03-20', '11:00'), { by: 'coord' })).run(at('2027-03-21'));
    expect(handedTo(term, 'coord')).toEqual(['03-20T10:02 contact-handoff']);
    const row = term.rows.get(`pair_17/${bySupervisor.ref}/contact-handoff/coord`);
    expect(row?.fields).toMatchObject({ contact: bySupervisor.ref, respondent: 'mentor', mode: 'text', by: 'sup' });
  });

  it('K7 K2 a contact with a guardian whom nobody knows is handed over too', () => {
    const mentee = { ...guarded, isMinor: false, guardianId: null as unknown as string };
    const term = checkInTerm('2027-03-15', { mentee });
    const made = contact('guardian', at('2027-03-20', '10:00'), { by: 'sup' });
    term.give(made).run(at('2027-03-21'));
    const row = term.rows.get(`pair_17/${made.ref}/contact-handoff/coord`);
    expect(row?.fields).toMatchObject({ respondent: 'guardian', personId: null, mentorId: 'mentor_1' });
  });

  it('K7 nothing is handed to a coordinator who is part of the pair', () => {
    const term = checkInTerm('2027-03-15');
    term.give(entry('staff.changed', at('2027-03-16'), { staff: { coordinator: 'mentor_1' } }));
    term.give(contact('mentee', at('2027-03-20', '10:00'), { by: 'mentee' })).run(at('2027-03-21'));
    expect(handedTo(term, 'mentor_1')).toEqual([]);
  });

  it('K7 E2 what came too late to act, and what was taken back in time, is not handed over', () => {
    const term = checkInTerm('2027-03-15');
    const made = contact('mentor', at('2027-03-25', '10:00'), { by: 'mentor' });
    const back = entry('checkin.recorded', made.at + MINUTE, { retracts: made.ref });
    term.give(made, back, contact('mentee', at('2027-03-20'), { by: 'mentee', lateDays: 9 })).run(at('2027-04-05'));
    expect(handedTo(term, 'coord')).toEqual([]);
  });
});
