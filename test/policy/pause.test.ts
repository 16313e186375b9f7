import { describe, expect, it } from 'vitest';
import type { EventInput, SimulationInput } from '../../policy/simulate/documents.ts';
import { simulate } from '../../policy/simulate.ts';
import { addDays, DAY, dateOf, HOUR, type Instant, instantOf } from '../../policy/time.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';

/** A pair with every concern on, through a school year in which it is paused for a month. */

const zone = 'America/New_York';
const at = (date: string, time = '12:00') => instantOf(date, time, zone);
const matchedAt = at('2026-09-08');
const until = at('2027-06-15');
const days = 30;
const policy = {
  classWeek: {},
  contact: {},
  checkIns: {},
  meetings: {},
  firstMeeting: {},
  surveys: { afterMeeting: true },
  sentiment: {},
  lifecycle: {},
};
const participants = ['mentor', 'mentee', 'guardian'];

function inputWith(events: EventInput[]): SimulationInput {
  const person = (id: string, more = {}) => ({ id, name: id, email: `${id}@example.org`, zone, ...more });
  const sessions = Array.from({ length: 36 }, (_, week) => ({ date: addDays('2026-09-09', 7 * week), start: '10:00' }));
  const staff = { operations: 'ops', coordinator: 'coord', supervisor: 'sup', contact: 'coord', safety: ['coord'] };
  return {
    program: { name: 'Everything', zone, staff, policy },
    people: [
      person('mentor'),
      person('guardian'),
      person('mentee', { isMinor: true, guardianId: 'guardian', consents: { contact: true } }),
      ...['ops', 'coord', 'sup'].map((id) => person(id)),
    ],
    classes: [{ id: 'class', programId: 'program', zone, sessions }],
    events: [event('pair.created', matchedAt, { mentorId: 'mentor', menteeId: 'mentee', classId: 'class' }), ...events],
  };
}

function event(type: string, time: Instant, data: Record<string, unknown>): EventInput {
  const instant = new Date(time).toISOString();
  return { id: `${type}-${instant}`, source: '/test', type: `tandem.${type}`, subject: 'pair', time: instant, data };
}

/** What happens between two people who are in touch each week. */
const contacts = Array.from({ length: 36 }, (_, week) => matchedAt + (7 * week + 3) * DAY).flatMap((time, week) => [
  event('lesson.completed', time, { by: 'mentor' }),
  ...(week % 3 === 0
    ? [event('meeting.recorded', time + HOUR, { by: 'mentor', occurred: true, at: time, minutes: 60 })]
    : []),
]);

function lived(events: EventInput[]) {
  return simulate(inputWith(events), { until, classify: (key, variant) => classify(key as TemplateKey, variant) });
}

/** Pauses that begin on every fifth week or so, so that something of every concern falls into one of them. */
const pauses = Array.from({ length: 6 }, (_, n) => matchedAt + (3 + 34 * n) * DAY);

describe('S11 a pause of a month, with every concern on', () => {
  it.each([
    ['a pair that is silent', []],
    ['a pair that is in touch', contacts],
  ])(
    '%s: nothing is said in it, nothing that fell into it is said later, and nothing bursts when it ends',
    (_, own) => {
      let silenced = 0;
      for (const from of pauses) {
        const back = from + days * DAY;
        const spared = own.filter(({ time }) => Date.parse(time) < from || Date.parse(time) > back);
        const pause = event('pair.paused', from, { reason: 'travel', until: new Date(back).toISOString() });
        const { messages } = lived([...spared, pause]);
        const heard = messages.filter(({ personId, state }) => participants.includes(personId) && state === 'sent');
        const during = (instant: Instant) => instant >= from && instant < back;
        expect(heard.filter(({ sentAt }) => during(sentAt ?? 0)).map(({ key }) => key)).toEqual([]);
        expect(heard.filter(({ plannedFor }) => during(plannedFor)).map(({ key }) => key)).toEqual([]);
        // The cap lets a class reminder through whatever was heard before it on that day (M3).
        const capped = heard.filter(({ template, classification: { transactional, safety } }) => {
          return template !== 'class-reminder' && !transactional && !safety;
        });
        for (const id of participants) {
          const sent = capped.filter((row) => row.personId === id).map(({ sentAt }) => dateOf(sentAt ?? 0, zone));
          expect(new Set(sent).size, `${id} after ${dateOf(from, zone)}`).toBe(sent.length);
        }
        const control = lived(spared).messages;
        silenced += control.filter(
          ({ sentAt, personId }) => participants.includes(personId) && during(sentAt ?? 0),
        ).length;
      }
      // The control: without the pauses much would have been said in them.
      expect(silenced).toBeGreaterThan(pauses.length);
    },
    60_000,
  );

  it('when it ends no case opens for what fell into it', () => {
    for (const from of pauses) {
      const back = from + days * DAY;
      const pause = event('pair.paused', from, { reason: 'travel', until: new Date(back).toISOString() });
      const { cases } = lived([pause]);
      const opened = cases.filter(({ openedAt }) => openedAt >= back && openedAt < back + HOUR);
      expect(opened.map(({ key }) => key)).toEqual([]);
    }
  }, 60_000);
});
