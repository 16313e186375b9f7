import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PairEvent } from '../../policy/event.ts';
import type { CountedSend } from '../../policy/mailbox/context.ts';
import type { ContactState } from '../../policy/pair/contact/facts.ts';
import { compactPair, holdsOf } from '../../policy/pair/decide.ts';
import { addCivilDays, DAY, HOUR, type Instant, instantOf } from '../../policy/time.ts';
import { PairTerm } from './pair-term.ts';
import { newYork, program } from './support.ts';

/** The lines of section T that say "never", over whatever may happen to a pair in 300 days. */

const matchedAt = instantOf('2026-09-08', '12:00', newYork);
const ongoing = ['log-conversation', 'encourage-contact', 'flag-invitation'];
const runs = { numRuns: 60 };

type Fact = Pick<PairEvent, 'type' | 'data'>;
const both = ['mentor', 'mentee'];
const fact = (weight: number, type: PairEvent['type'], ...data: PairEvent['data'][]) => ({
  weight,
  arbitrary: fc.constantFrom(...data).map((given): Fact => ({ type, data: given })),
});
const facts = fc.oneof(
  fact(3, 'conversation.logged', ...both.map((by) => ({ by }))),
  fact(3, 'message.sent', ...both.map((by) => ({ by }))),
  fact(1, 'meeting.recorded', { by: 'mentor', occurred: true }, { by: 'mentee', occurred: false }),
  fact(2, 'survey.answered', ...both.map((by) => ({ by, instrument: 'mqs', score: 4, scale: 5 }))),
  fact(1, 'flag.submitted', { by: 'mentee', topic: 'time', priority: 'normal' }),
  fact(1, 'contact.trouble', { by: 'mentee', option: 'how_to_reach_out' }, { by: 'mentor', option: 'talk_to_someone' }),
  fact(1, 'pair.paused', { reason: 'away', until: 10 }, { reason: 'away', until: 40 }),
  fact(1, 'conversation.logged', ...Array.from({ length: 12 }, (_, which) => ({ retracts: `evt_${which}~s` }))),
);

/** Up to twelve entries, some of them late; a pause lasts so many days. */
const journals = fc
  .array(fc.record({ fact: facts, hours: fc.nat(300 * 24), late: fc.oneof(fc.constant(0), fc.nat(150)) }), {
    maxLength: 12,
  })
  .map((items) =>
    items
      .map(({ fact: { type, data }, hours, late }, index): PairEvent => {
        const at = matchedAt + hours * HOUR;
        const receivedAt = at + late * HOUR;
        const until = typeof data.until === 'number' ? { until: receivedAt + data.until * DAY } : {};
        return { type, seq: index, ref: `evt_${index}~s`, at, receivedAt, data: { ...data, ...until } };
      })
      .sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq),
  );

/** Days on which something else has taken the one message that may go. */
const fullDays = fc.uniqueArray(fc.nat(300), { maxLength: 150 });

interface Lived {
  pair: PairTerm;
  events: PairEvent[];
}

function lived(events: PairEvent[], full: number[], between?: (pair: PairTerm) => void): Lived {
  const policyDocument = program({ contact: {} });
  const pair = new PairTerm({ calendar: null, matchedAt, policyDocument });
  const taken = full.map((day): CountedSend => {
    const at = addCivilDays(matchedAt, day, newYork) - 4 * HOUR;
    return { at, channel: 'email', priority: 0, exempt: false };
  });
  const own = (personId: string): CountedSend[] =>
    pair.sent
      .filter(({ to }) => to === personId)
      .map(({ at }) => ({ at, channel: 'email', priority: 6, exempt: false }));
  pair.mailbox = (personId) => ({ sends: [...taken, ...own(personId)] });
  const days = Array.from({ length: 30 }, (_, tens) => matchedAt + (tens + 1) * 10 * DAY);
  let rest = events;
  for (const until of days) {
    pair.give(...rest.filter(({ receivedAt }) => receivedAt <= until));
    rest = rest.filter(({ receivedAt }) => receivedAt > until);
    pair.run(until);
    between?.(pair);
  }
  return { pair, events };
}

function heard({ pair }: Lived, to: string): Array<{ at: Instant; kind: string; slot: Instant }> {
  return pair.sent
    .filter((item) => item.to === to)
    .map(({ at, key }) => ({ at, kind: key.split('/').at(-2) ?? '', slot: pair.rows.get(key)?.plannedFor ?? at }))
    .filter(({ kind }) => ongoing.includes(kind));
}

const people = ['mentor_1', 'mentee_1'];

function isContact({ type, data }: PairEvent): boolean {
  if (data.retracts !== undefined) return false;
  return ['conversation.logged', 'message.sent'].includes(type) || data.occurred === true;
}

function isRetracted(event: PairEvent, events: PairEvent[]): boolean {
  return events.some(({ data }) => data.retracts === event.ref);
}

function expectApart(life: Lived): void {
  for (const person of people) {
    const at = heard(life, person).map((message) => message.at);
    for (const [index, instant] of at.entries())
      if (index > 0) expect(instant - (at[index - 1] ?? 0)).toBeGreaterThanOrEqual(7 * DAY);
  }
}

/** A reaction is whatever the two do together, and what the person does. */
function reactions({ events }: Lived, person: string): Instant[] {
  const role = person.split('_')[0];
  const theirs = (event: PairEvent): boolean =>
    isContact(event) || (event.data.by === role && !('retracts' in event.data));
  return events.filter(theirs).map(({ at }) => at);
}

function expectAtMostThree(life: Lived): void {
  for (const person of people) {
    const reacted = reactions(life, person);
    for (const kind of ongoing) {
      let inARow: Instant[] = [];
      for (const { at, slot } of heard(life, person).filter((message) => message.kind === kind)) {
        const last = inARow[inARow.length - 1];
        if (last !== undefined && reacted.some((instant) => instant >= last && instant <= at)) inARow = [];
        inARow.push(slot);
        expect(inARow.length).toBeLessThanOrEqual(3);
      }
    }
  }
}

describe('T1 never', () => {
  it('T1 two of the ongoing messages reach one person within 7 days of each other', () => {
    fc.assert(
      fc.property(journals, fullDays, (events, full) => expectApart(lived(events, full))),
      runs,
    );
  });

  it('the check notices a pair that forgets what it has said', () => {
    const forgetful = fc.property(journals, (events) =>
      expectApart(
        lived(events, [], (pair) => {
          const contact = { ...(pair.state.tracks.contact as ContactState), said: [] };
          pair.state = { ...pair.state, performed: {}, tracks: { ...pair.state.tracks, contact } };
        }),
      ),
    );
    expect(fc.check(forgetful, { ...runs, endOnFailure: true }).failed).toBe(true);
  });

  it('T1 one of them goes more than three times in a row without a reaction, also after the pair was compacted', () => {
    fc.assert(
      fc.property(journals, fullDays, fc.boolean(), (events, full, compacts) => {
        const compact = (pair: PairTerm): void => {
          pair.state = compactPair(pair.state, pair.now, pair.ctx);
        };
        expectAtMostThree(lived(events, full, compacts ? compact : undefined));
      }),
      runs,
    );
  });

  it('T1 a pair that has been in touch within 14 days is asked to log, or one that ever was is encouraged to begin', () => {
    fc.assert(
      fc.property(journals, (events) => {
        const life = lived(events, []);
        const known = (at: Instant): PairEvent[] =>
          events.filter((event) => isContact(event) && !isRetracted(event, events) && event.receivedAt < at);
        for (const person of people) {
          for (const { kind, at, slot } of heard(life, person)) {
            const contacts = known(at).map((event) => addCivilDays(event.at, 13, newYork));
            if (kind === 'log-conversation') expect(contacts.filter((until) => until > slot)).toEqual([]);
            if (kind === 'encourage-contact') expect(contacts).toEqual([]);
          }
        }
      }),
      runs,
    );
  });

  it('S11 T8 anything ongoing goes in a pause or while a trouble case is open', () => {
    fc.assert(
      fc.property(journals, (events) => {
        const { pair } = lived(events, []);
        const held = holdsOf(pair.state, pair.now, pair.ctx).filter(({ kind }) => kind !== 'safety');
        for (const { at, key } of pair.sent.filter((item) => ongoing.some((kind) => item.key.includes(kind)))) {
          const inside = held.filter(({ from, until }) => from < at && (until === null || at < until));
          expect([key, inside]).toEqual([key, []]);
        }
        for (const { decision } of pair.decisions) {
          const open = decision.cases.filter((step) => step.caseKind === 'trouble' && !step.outcome);
          expect(open.length).toBeLessThanOrEqual(1);
        }
      }),
      runs,
    );
  });

  it('T1 T11 a silence has more than one task, or a pair more than one thank-you', () => {
    fc.assert(
      fc.property(journals, (events) => {
        const { pair } = lived(events, []);
        for (const { decision } of pair.decisions) {
          expect(decision.cases.filter(({ key }) => key.endsWith('/no-reaction')).length).toBeLessThanOrEqual(1);
        }
        for (const person of people) {
          expect(pair.sent.filter(({ to, key }) => to === person && key.includes('/celebrate/')).length).toBeLessThan(
            2,
          );
        }
      }),
      runs,
    );
  });

  it('a carried state grows beyond a few kilobytes, however much a pair talks', () => {
    const pair = new PairTerm({ calendar: null, matchedAt, policyDocument: program({ contact: {} }) });
    for (let week = 0; week < 150; week++) {
      for (const by of both) {
        const at = matchedAt + week * 7 * DAY + (by === 'mentor' ? 1 : 2) * HOUR;
        const about = { seq: week, at, receivedAt: at, data: { by } };
        const id = `0123456789abcdef0123456789abcdef-${by}-${week}`;
        pair.give({ ...about, type: 'conversation.logged', ref: `${id}-c~12345678` });
        pair.give({ ...about, type: 'message.sent', ref: `${id}-m~12345678` });
      }
      if (week % 10 === 0) pair.state = compactPair(pair.state, pair.now, pair.ctx);
    }
    const { contact } = compactPair(pair.state, pair.now, pair.ctx).tracks as { contact: ContactState };
    expect(JSON.stringify(contact).length).toBeLessThan(10_000);
    expect(contact.settled.count + contact.conversations.length / 2).toBe(150);
  });
});
