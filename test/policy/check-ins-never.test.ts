import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type DueDay, dueDays } from '../../policy/pair/check-ins/cadence.ts';
import { respondents } from '../../policy/pair/check-ins/check-ins.ts';
import { compactPair, decide } from '../../policy/pair/decide.ts';
import { isPaused } from '../../policy/pair/state.ts';
import { tracks } from '../../policy/pair/tracks/index.ts';
import { viewPair } from '../../policy/pair/view.ts';
import type { Step } from '../../policy/step.ts';
import { DAY, type Instant } from '../../policy/time.ts';
import { type Life, lived, lives, matchDays, monthly } from './check-in-life.ts';
import { at, checkInTerm, records } from './check-in-term.ts';
import type { PairTerm } from './pair-term.ts';
import { entry } from './support.ts';

const runs = { numRuns: 30 };
const eachLife = (check: (matchedOn: string, life: Life) => void, options = runs): void =>
  fc.assert(fc.property(matchDays, lives, check), options);

/** Whether the check finds something: each control below is the protection taken away. */
const finds = (check: (matchedOn: string, life: Life) => void): boolean =>
  fc.check(fc.property(matchDays, lives, check), { ...runs, endOnFailure: true }).failed;

const original = { ...tracks.checkIns };
afterEach(() => Object.assign(tracks.checkIns, original));

const isQuestion = ({ key }: { key: string }): boolean => /\/check-in-(mentor|mentee|guardian)$/.test(key);

/** A step that nothing stops. */
const unheld = (step: Step): Step => (step.kind === 'message' ? { ...step, heldBy: [] } : step);

/** Every due day whose window has closed, by the policies that were in force. */
function closedDays(term: PairTerm): DueDay[] {
  const all = dueDays('0000-01-01', new Date(term.now).toISOString().slice(0, 10), 0, term.ctx);
  return all.filter(({ closesAt }) => closesAt < term.now);
}

function everyDueContactIsRecorded(matchedOn: string, life: Life): void {
  const term = lived(matchedOn, { ...life, policies: [] });
  const recorded = new Set(records(term).map(({ dueOn, respondent }) => `${dueOn} ${respondent}`));
  const due = closedDays(term).flatMap(({ dueOn }) => respondents.map((respondent) => `${dueOn} ${respondent}`));
  expect(due.length).toBeGreaterThanOrEqual(3 * 14);
  expect(due.filter((name) => !recorded.has(name))).toEqual([]);
}

function pausedPairsAreNotAsked(matchedOn: string, life: Life): void {
  const term = lived(matchedOn, life);
  const questions = term.sent.filter(isQuestion);
  expect(new Set(questions.map(({ key }) => key)).size).toBe(questions.length);
  for (const { from, until } of term.ctx.pauses) {
    expect(questions.filter((sent) => sent.at >= from && sent.at < (until ?? 0))).toEqual([]);
  }
}

/** What was to be asked, or due, in a pause is never asked or told after it, and of the rest one check-in of each at most. */
function nothingBursts(matchedOn: string, life: Life): void {
  const term = lived(matchedOn, life);
  const alerts = term.sent.filter(({ key, to }) => to === 'coord' && key.includes('check-in-overdue-'));
  for (const { from, until } of term.ctx.pauses) {
    // What is asked at the very instant at which the pause is accepted may have gone before it.
    const inPause = (instant: Instant): boolean => from < instant && (until === null || instant < until);
    for (const { key } of term.sent.filter(isQuestion)) {
      expect(inPause(term.rows.get(key)?.plannedFor as Instant)).toBe(false);
    }
    expect(alerts.filter(({ key }) => inPause(at(key.split('/')[1] as string, '00:00')))).toEqual([]);
    const after = alerts.filter((sent) => until !== null && sent.at >= until && sent.at < until + 2 * DAY);
    expect(new Set(after.map(({ key }) => key.split('/')[2])).size).toBe(after.length);
  }
}

/** Whatever was said of a due day belongs to the version that was in force when it was to be asked for. */
function nothingIsRetroactive(matchedOn: string, life: Life): void {
  const term = lived(matchedOn, life);
  const changes = [0, ...term.world.policies.slice(1).map((item) => item.at)];
  for (const { askAt, policyVersion } of records(term)) {
    expect(changes[policyVersion - 1]).toBeLessThanOrEqual(askAt);
    expect(changes[policyVersion] ?? Number.POSITIVE_INFINITY).toBeGreaterThan(askAt);
  }
  for (const { key } of term.sent.filter(isQuestion)) {
    const slot = term.rows.get(key)?.plannedFor as Instant;
    const asking = term.world.policies.findLast((item) => item.at <= slot);
    expect(asking?.document.policy.checkIns).toBeDefined();
  }
}

function compactingChangesNothing(matchedOn: string, life: Life): void {
  const plain = lived(matchedOn, life);
  const compacted = lived(matchedOn, life, {
    between: (term) => {
      term.state = compactPair(term.state, term.now, term.ctx);
    },
  });
  expect(compacted.sent).toEqual(plain.sent);
  expect(compacted.open()).toEqual(plain.open());
  expect(records(compacted)).toEqual(records(plain));
  expect(viewPair(compacted.state, compacted.now, compacted.ctx)).toEqual(viewPair(plain.state, plain.now, plain.ctx));
  expect(JSON.stringify(compacted.state.tracks.checkIns).length).toBeLessThan(6_000);
}

describe('check-ins over whatever may happen in more than a year', () => {
  it('K1 the cadence never drifts: each month’s due day is the match’s day, clamped, in every month of ten years', () => {
    fc.assert(
      fc.property(matchDays, (matchedOn) => {
        const { ctx } = checkInTerm(matchedOn);
        const days = dueDays(matchedOn, monthly(matchedOn, 120), 0, ctx).map(({ dueOn }) => dueOn);
        const expected = Array.from({ length: 120 }, (_, index) => monthly(matchedOn, index + 1));
        expect(days.slice(2)).toEqual(expected);
      }),
      runs,
    );
  });

  it('K1 never fewer than the standard: every respondent has each due contact on record', () => {
    eachLife(everyDueContactIsRecorded);
  });

  it('K1 S11 nobody is asked twice for one due day, nor in a pause', () => eachLife(pausedPairsAreNotAsked));

  it('S11 nothing bursts when a pause ends', () => eachLife(nothingBursts));

  it('K11 paused reminders change nothing that anybody hears', () => {
    eachLife((matchedOn, life) => {
      const day = at(matchedOn) + 20 * DAY;
      const pauses = { caseId: 'case_1', caseKey: null, caseKind: 'escalation', pauseReminders: true };
      const paused = lived(matchedOn, life, { more: [entry('case.opened', day, pauses)] });
      expect(paused.sent).toEqual(lived(matchedOn, life).sent);
    });
  });

  it('K3 a contact satisfies one check-in at most, and nothing but a contact satisfies', () => {
    eachLife((matchedOn, life) => {
      const made = records(lived(matchedOn, life)).flatMap(({ contact }) => (contact ? [contact.id] : []));
      expect(new Set(made).size).toBe(made.length);
      expect(made.length).toBeLessThanOrEqual(life.contacts.length);
    });
  });

  it('K3 no case is open of somebody with whom there was just a contact, and one at most of each', () => {
    eachLife((matchedOn, life) => {
      lived(matchedOn, life, {
        between: (term, event) => {
          const open = term.open().filter((key) => key.includes('/check-in-overdue/'));
          expect(new Set(open.map((key) => key.split('/').at(-1))).size).toBe(open.length);
          const { respondent, retracts } = event.data;
          if (event.type !== 'checkin.recorded' || retracts || event.history || event.at < event.receivedAt) return;
          expect(open.filter((key) => key.endsWith(`/${respondent}`))).toEqual([]);
        },
      });
    });
  });

  it('V7 nothing is asked or told retroactively', () => eachLife(nothingIsRetroactive));

  it('nothing is fresh between two instants at which a decision wants to be asked', () => {
    eachLife((matchedOn, life) => {
      lived(matchedOn, life, {
        between: (term) => {
          const unread = { ...term.ctx, policyReadAt: term.now };
          const { nextAt } = decide(term.state, term.now, unread);
          const next = nextAt ?? term.now + 400 * DAY;
          for (const now of [term.now, Math.floor((term.now + next) / 2), next - 1]) {
            expect(decide(term.state, now, { ...unread, policyReadAt: now }).fresh.map(({ key }) => key)).toEqual([]);
          }
        },
      });
    });
  });

  it('compacting between two runs changes nothing, and little is carried', () => eachLife(compactingChangesNothing));

  it('E1 E2 a fact given twice is one, and facts commute', () => {
    const { ctx } = checkInTerm('2027-03-15');
    const applied = (events: ReturnType<Life['events']>): unknown =>
      events.reduce((state, event) => original.apply(state, event, ctx), original.open(ctx));
    const shuffled = lives
      .map((life) => life.events(ctx.createdAt))
      .chain((events) => fc.shuffledSubarray(events, { minLength: events.length }).map((other) => ({ events, other })));
    fc.assert(
      fc.property(shuffled, ({ events, other }) => {
        expect(applied(other)).toEqual(applied(events));
        expect(applied([...events, ...other])).toEqual(applied(events));
      }),
      runs,
    );
  });
});

describe('what these checks notice', () => {
  it('a cadence that counts from the month before drifts', () => {
    const stepped = monthly(monthly('2027-01-31', 1), 1);
    expect(stepped).not.toBe(monthly('2027-01-31', 2));
  });

  it('questions that no pause stops', () => {
    tracks.checkIns.due = (...given) => original.due(...given).map(unheld);
    expect(finds(pausedPairsAreNotAsked)).toBe(true);
  });

  it('a pause that only puts off what is asked and told in it', () => {
    tracks.checkIns.due = (state, now, ctx) =>
      isPaused(ctx, now) ? [] : original.due(state, now, ctx, []).map(unheld);
    expect(finds(nothingBursts)).toBe(true);
  });

  it('a pair that takes the newest policy for what was always so', () => {
    const always = (ctx: Parameters<typeof original.due>[2]): typeof ctx => ({
      ...ctx,
      policies: ctx.policies.slice(-1).map((inForce) => ({ ...inForce, since: 0 })),
    });
    tracks.checkIns.due = (state, now, ctx, holds) => original.due(state, now, always(ctx), holds);
    tracks.checkIns.records = (state, now, ctx, holds) => original.records?.(state, now, always(ctx), holds) ?? [];
    expect(finds(nothingIsRetroactive)).toBe(true);
  });

  it('a pair that forgets its contacts', () => {
    tracks.checkIns.compact = (state) => ({ ...(state as object), contacts: [] });
    expect(finds(compactingChangesNothing)).toBe(true);
  });

  it('records that leave out what nobody made', () => {
    tracks.checkIns.records = (...given) =>
      (original.records?.(...given) ?? []).map((set) => ({
        ...set,
        items: set.items.filter(({ data }) => data.contact !== null),
      }));
    expect(finds(everyDueContactIsRecorded)).toBe(true);
  });
});
