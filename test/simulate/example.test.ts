import { describe, expect, it } from 'vitest';
import { event, iowaCity, linesOf, simulated } from './iowa-city.ts';

const result = simulated(iowaCity);

function sentTo(personId: string): string[] {
  return linesOf(result, `\t${personId}\t`).filter((line) => line.includes(' sent '));
}

describe('the fall term of the example, by hand', () => {
  it('W2 W3 W6 W7 W9 the mentor who never acts gets four reminders in two weeks and then none', () => {
    expect(sentTo('mentor_dev')).toEqual([
      '2026-08-29T09:00 mentor_dev email class-reminder regular sent -',
      '2026-09-01T16:00 mentor_dev sms class-reminder regular sent -',
      '2026-09-05T09:00 mentor_dev email class-reminder missed-week sent -',
      '2026-09-08T16:00 mentor_dev sms class-reminder missed-week sent -',
    ]);
  });

  it('W7 W11 W20 staff hear of that mentor at the second miss, then in 7 and 14 days, then weekly, and each Monday', () => {
    const september = sentTo('staff_sven').filter((line) => line < '2026-10-01');
    expect(september).toEqual([
      '2026-09-09T10:02 staff_sven email escalation-flag - sent -',
      '2026-09-14T08:00 staff_sven email focus-digest - sent -',
      '2026-09-21T08:00 staff_sven email focus-digest - sent -',
      '2026-09-23T10:02 staff_sven email outreach-prompt - sent -',
      '2026-09-28T08:00 staff_sven email focus-digest - sent -',
      '2026-09-30T10:02 staff_sven email outreach-prompt - sent -',
    ]);
    expect(sentTo('staff_paula').filter((line) => line < '2026-10-01')).toHaveLength(6);
  });

  it('V8 prompts keep their local time over the clock change of 1 November', () => {
    const prompts = sentTo('staff_sven').filter((line) => line.includes('outreach-prompt'));
    expect(prompts).toContain('2026-10-28T10:02 staff_sven email outreach-prompt - sent -');
    expect(prompts).toContain('2026-11-04T10:02 staff_sven email outreach-prompt - sent -');
    const [before, after] = ['2026-10-28T15:02:00Z', '2026-11-04T16:02:00Z'].map(Date.parse);
    const instants = result.messages.filter((row) => row.template === 'outreach-prompt').map((row) => row.sentAt);
    expect(instants).toEqual(expect.arrayContaining([before, after]));
  });

  it('W9 W10 after the outreach the next future slot is used, and nothing of the pause is replayed', () => {
    expect(sentTo('mentor_carla')).toEqual([
      '2026-09-26T09:00 mentor_carla email class-reminder regular sent -',
      '2026-09-29T16:00 mentor_carla sms class-reminder regular sent -',
      '2026-10-03T09:00 mentor_carla email class-reminder missed-week sent -',
      '2026-10-06T16:00 mentor_carla sms class-reminder missed-week sent -',
      '2026-10-13T16:00 mentor_carla sms class-reminder missed-week sent -',
    ]);
  });

  it('W13 a lesson that only arrived late withdraws the escalation, with one notice to those who got the flag', () => {
    expect(linesOf(result, 'escalation-withdrawn')).toEqual([
      '2026-10-09T10:32 staff_paula email escalation-withdrawn - sent -',
      '2026-10-09T10:32 staff_sven email escalation-withdrawn - sent -',
    ]);
    const states = result.cases.map(({ pairId, state, outcome }) => ({ pairId, state, outcome }));
    expect(states).toEqual(
      expect.arrayContaining([
        { pairId: 'pair_eli', state: 'withdrawn', outcome: null },
        { pairId: 'pair_cleo', state: 'resolved', outcome: 'resolved' },
        { pairId: 'pair_dina', state: 'resolved', outcome: 'moot' },
      ]),
    );
    expect(states).toHaveLength(3);
  });

  it('W4 the punctual mentor, the one on leave and the one whose pair is paused hear nothing', () => {
    for (const mentor of ['mentor_anna', 'mentor_hugo', 'mentor_ines', 'staff_omar'])
      expect(sentTo(mentor)).toEqual([]);
  });

  it('M2 a text outside the hours of a mentor in Berlin waits for the morning there, mail stays in its hours', () => {
    expect(sentTo('mentor_grace')).toEqual([
      '2026-10-03T16:00 mentor_grace email class-reminder regular sent -',
      '2026-10-07T09:00 mentor_grace sms class-reminder regular sent -',
      '2026-11-07T16:00 mentor_grace email class-reminder regular sent -',
      '2026-11-11T09:00 mentor_grace sms class-reminder regular sent -',
    ]);
  });

  it('M4 two pairs of one mentor with the same gap share each reminder', () => {
    const lines = linesOf(result, '\tmentor_liam\t').filter((line) => line >= '2026-10-31' && line < '2026-11-04');
    expect(lines.map((line) => line.split(' ').slice(0, 3).concat(line.split(' ').slice(5)).join(' '))).toEqual([
      '2026-10-31T09:00 mentor_liam email sent -',
      '2026-10-31T09:00 mentor_liam email skipped merged',
      '2026-11-03T16:00 mentor_liam sms sent -',
      '2026-11-03T16:00 mentor_liam sms skipped merged',
    ]);
    const merged = result.messages.find((row) => row.personId === 'mentor_liam' && row.pairIds.length === 2);
    expect(merged?.pairIds.sort()).toEqual(['pair_lola', 'pair_milo']);
  });

  it('M5 without consent to texts, given or taken back, the text slot brings a mail', () => {
    expect(sentTo('mentor_jonas').every((line) => line.includes(' email '))).toBe(true);
    expect(sentTo('mentor_jonas')).toContain('2026-09-08T16:00 mentor_jonas email class-reminder regular sent -');
    expect(sentTo('mentor_ben')).toContain('2026-10-20T14:00 mentor_ben sms class-reminder regular sent -');
    expect(sentTo('mentor_ben')).toContain('2026-12-01T14:00 mentor_ben email class-reminder regular sent -');
  });

  it('W8 W13 a late lesson clears the streak, and the second miss does not escalate', () => {
    expect(result.cases.some(({ pairId }) => pairId === 'pair_kip')).toBe(false);
    const without = iowaCity.events.filter(({ id }) => id !== 'pair_kip-lesson-completed-3');
    const late = iowaCity.events.find(({ data }) => data?.by === 'mentor_kira' && data.sessionDate === '2026-09-09');
    const control = simulated({ ...iowaCity, events: without.filter((item) => item !== late) });
    expect(control.cases.some(({ pairId }) => pairId === 'pair_kip')).toBe(true);
  });

  it('W15 the snow day merges two weeks: nothing goes out for the class that was not held', () => {
    const after = '2026-12-10';
    const reminders = linesOf(result, 'class-reminder').filter((line) => line > after && line.includes(' sent '));
    expect(reminders).toEqual([]);
    const events = iowaCity.events.filter(({ type }) => type !== 'tandem.calendar.changed');
    const control = linesOf(simulated({ ...iowaCity, events }), 'class-reminder').filter((line) => line > after);
    expect(control.some((line) => line.includes('2026-12-12T'))).toBe(true);
  });
});

describe('what the example does not show', () => {
  it('M5 a person whom nothing reaches is one task and one mail to operations while the task is open', () => {
    const people = iowaCity.people.map((person) =>
      person.id === 'mentor_dev' ? { ...person, email: null, phone: null } : person,
    );
    const mute = simulated({ ...iowaCity, people });
    expect(linesOf(mute, '\tunreachable\t').map((line) => line.slice(17))).toEqual([
      'staff_omar email unreachable - sent -',
    ]);
    expect(mute.cases.filter(({ kind }) => kind === 'unreachable')).toHaveLength(1);
    expect(linesOf(mute, '\tmentor_dev\t')).toHaveLength(4);
  });

  it('M8 after a STOP texts of that number become mail', () => {
    const stop = event('suppression.changed', 'mentor_dev', '2026-08-30T12:00:00-05:00', {
      channel: 'sms',
      suppressed: true,
    });
    const stopped = simulated({ ...iowaCity, events: [...iowaCity.events, stop] });
    expect(linesOf(stopped, '\tmentor_dev\t')[1]).toBe(
      '2026-09-01T16:00 mentor_dev email class-reminder regular sent -',
    );
  });

  it('V7 a policy applied now moves the slots that are still ahead; one without it waits for the next window', () => {
    const document = { ...iowaCity.program, policy: { classWeek: { email: { daysAfterSession: 2, at: '10:00' } } } };
    const changed = (applyNow: boolean) => {
      const change = event('program.changed', 'iowa-city', '2026-08-26T12:00:00-05:00', { document, applyNow });
      const lines = linesOf(simulated({ ...iowaCity, events: [...iowaCity.events, change] }), '\tmentor_dev\temail');
      return lines.slice(0, 2).map((line) => line.slice(0, 16));
    };
    expect(changed(true)).toEqual(['2026-08-28T10:00', '2026-09-04T10:00']);
    expect(changed(false)).toEqual(['2026-08-29T09:00', '2026-09-04T10:00']);
  });

  it('E2 an event more than 7 days late changes nothing that is said', () => {
    const late = event(
      'lesson.completed',
      'pair_dina',
      '2026-09-03T18:00:00-05:00',
      { by: 'mentor_dev' },
      '2026-09-11T18:00:00-05:00',
    );
    const counted = { ...late, receivedat: '2026-09-10T17:00:00-05:00' };
    expect(simulated({ ...iowaCity, events: [...iowaCity.events, late] }).timeline).toBe(result.timeline);
    expect(simulated({ ...iowaCity, events: [...iowaCity.events, counted] }).timeline).not.toBe(result.timeline);
  });
});
