import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Answer, type AnswerContext, decideAnswer } from '../../policy/request/answering.ts';
import { type AskingContext, decideAsking, type PendingRequest } from '../../policy/request/asking.ts';
import { decideRequest, planRequest } from '../../policy/request/decide.ts';
import { isAvailable, obstacleToAsk, obstacleToPair, type Party } from '../../policy/request/party.ts';
import {
  closesAtOf,
  type MentorRequest,
  type RequestContext,
  type RequestKind,
  requestStatuses,
} from '../../policy/request/request.ts';
import { type RequestsPolicy, requests as requestsSection } from '../../policy/sections/requests.ts';
import { DAY, HOUR, type Instant, instantOf, localMinute, MINUTE } from '../../policy/time.ts';

const zone = 'America/New_York';
const openedAt = instantOf('2026-09-14', '15:30', zone);

const party = (id: string, change: Partial<Party> = {}): Party => ({
  id,
  isMinor: false,
  removed: false,
  optedOut: false,
  unconfirmed: false,
  held: false,
  consented: false,
  absence: { available: true, from: null, until: null },
  pairs: { mentor: 0, mentee: 0 },
  capacity: { mentor: null, mentee: 1 },
  ...change,
});

const contextOf = (policy: Partial<RequestsPolicy> = {}, change: Partial<RequestContext> = {}): RequestContext => ({
  policy: { ...requestsSection.defaults, ...policy },
  policyVersion: 1,
  zone,
  staff: { operations: 'ops', coordinator: 'coord' },
  gatherMinutes: 2,
  lead: { ahead: DAY, spread: 15 * MINUTE },
  ...change,
});

const requestOf = (
  change: Partial<MentorRequest> = {},
  policy: RequestsPolicy = requestsSection.defaults,
): MentorRequest => {
  const kind = change.kind ?? 'request';
  const opened = change.openedAt ?? openedAt;
  return {
    id: 'req',
    programId: 'prg',
    kind,
    menteeId: 'mia',
    mentorId: kind === 'list' ? null : 'ada',
    mentorIds: ['ada'],
    status: 'pending',
    round: 1,
    createdAt: opened,
    openedAt: opened,
    closesAt: closesAtOf(kind, opened, policy, zone),
    closedAt: null,
    endedBy: null,
    reason: null,
    pairId: null,
    remindedAt: [],
    ...change,
  };
};

const policies = fc.record({
  remindAfterDays: fc
    .uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 3 })
    .map((days) => days.sort((a, b) => a - b)),
  closeAfterDays: fc.option(fc.integer({ min: 1, max: 30 })),
  assignReminderDays: fc.integer({ min: 1, max: 20 }),
});
const instants = fc
  .integer({ min: -DAY / MINUTE, max: (40 * DAY) / MINUTE })
  .map((minutes) => openedAt + minutes * MINUTE);
const kinds = fc.constantFrom<RequestKind>('request', 'offer', 'list');

/** A request at some point of its life, under some policy. */
const lives = fc
  .record({
    policy: policies,
    kind: kinds,
    status: fc.constantFrom(...requestStatuses),
    round: fc.integer({ min: 1, max: 3 }),
    ended: fc.integer({ min: 0, max: 20 * 24 }),
    reminded: fc.uniqueArray(fc.integer({ min: 1, max: 20 * 24 }), { maxLength: 3 }),
  })
  .map(({ policy, kind, status, round, ended, reminded }) => {
    const ctx = contextOf(policy);
    const request = requestOf(
      {
        kind,
        status,
        round,
        mentorId: 'ada',
        closedAt: status === 'pending' ? null : openedAt + ended * HOUR,
        remindedAt: reminded.sort((a, b) => a - b).map((hours) => openedAt + hours * HOUR),
      },
      ctx.policy,
    );
    return { request, ctx };
  });

describe('laws of the decider of requests', () => {
  test('the same request, instant and context give the same decision, and a decision is plain JSON', () => {
    fc.assert(
      fc.property(lives, instants, ({ request, ctx }, now) => {
        const decision = decideRequest(request, now, ctx);
        expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
        expect(decideRequest(JSON.parse(JSON.stringify(request)), now, ctx)).toEqual(decision);
      }),
    );
  });

  test('nothing new is said before nextAt, whatever the request', () => {
    fc.assert(
      fc.property(lives, instants, fc.double({ min: 0, max: 1, noNaN: true }), ({ request, ctx }, now, share) => {
        const { messages, nextAt, close } = decideRequest(request, now, ctx);
        const until = nextAt ?? now + 30 * DAY;
        const between = now + Math.floor(Math.max(0, until - 1 - now) * share);
        const later = decideRequest(request, between, ctx);
        const keys = new Set(messages.map(({ key }) => key));
        expect(later.messages.filter(({ key }) => !keys.has(key))).toEqual([]);
        expect(later.close).toBe(close);
      }),
    );
  });

  test('R8 a reminder is never at or after the close, and no message about a pending request outlives it', () => {
    fc.assert(
      fc.property(lives, instants, ({ request, ctx }, now) => {
        if (request.status !== 'pending' || request.closesAt === null) return;
        for (const { slot, expiresAt } of decideRequest(request, now, ctx).messages) {
          expect(slot).toBeLessThan(request.closesAt);
          expect(expiresAt).toBeLessThanOrEqual(request.closesAt);
        }
      }),
    );
  });

  test('R9 no automatic reminder follows one by hand within 24 hours', () => {
    fc.assert(
      fc.property(lives, ({ request, ctx }) => {
        const automatic = planRequest(request, openedAt - DAY, ctx).filter(({ variant }) => variant === 'regular');
        for (const { at } of automatic)
          for (const by of request.remindedAt) expect(by <= at && at <= by + DAY).toBe(false);
      }),
    );
  });

  test('an ended request is over: only what tells of the end stands', () => {
    fc.assert(
      fc.property(lives, instants, ({ request, ctx }, now) => {
        if (request.status === 'pending') return;
        const { messages, over } = decideRequest(request, now, ctx);
        expect(over).toBe(true);
        expect(messages.every(({ slot }) => slot === request.closedAt)).toBe(true);
      }),
    );
  });

  test('what is on the row is said although the clock of the workflow is behind the one that recorded it', () => {
    const ended = requestOf({ status: 'declined', reason: 'other', closedAt: openedAt + HOUR });
    for (const behind of [0, 1, 5_000, HOUR]) {
      const { messages, over, nextAt } = decideRequest(ended, openedAt + HOUR - behind, contextOf());
      expect([messages.map(({ template }) => template), over, nextAt]).toEqual([['request-declined'], true, null]);
    }
    expect(decideRequest(requestOf(), openedAt - 5_000, contextOf()).messages).toHaveLength(1);
  });

  test('no step holds anything but ids, codes, times and numbers', () => {
    fc.assert(
      fc.property(lives, instants, ({ request, ctx }, now) => {
        for (const { fields } of decideRequest(request, now, ctx).messages)
          for (const value of Object.values(fields)) expect(String(value)).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      }),
    );
  });
});

describe('answers', () => {
  const answering = (change: Partial<AnswerContext> = {}): AnswerContext => ({
    policy: requestsSection.defaults,
    zone,
    now: openedAt + DAY,
    parties: { mentee: party('mia'), mentors: [party('ada')] },
    guardianId: null,
    asking: { pending: [], recommended: [] },
    ...change,
  });
  const answers: Answer[] = [
    { act: 'accept', by: 'ada' },
    { act: 'decline', by: 'ada', reason: 'other' },
    { act: 'withdraw', by: 'mia' },
    { act: 'close', by: 'ops' },
    { act: 'remind', by: 'ops' },
    { act: 'assign', by: 'ops', mentorId: 'ada', override: null },
    { act: 'expire', round: 1 },
  ];

  it.each(requestStatuses.filter((status) => status !== 'pending'))(
    'R5 a request that is %s takes no answer any more',
    (status) => {
      const ended = requestOf({ status, closedAt: openedAt + HOUR });
      for (const answer of answers) {
        expect(decideAnswer(ended, answer, answering())).toEqual({ act: 'refuse', code: 'already_answered' });
      }
    },
  );

  it('R8 the clock closes its own round only, and not before its time', () => {
    const request = requestOf({ round: 2 });
    const at = (now: Instant, round: number) => decideAnswer(request, { act: 'expire', round }, answering({ now }));
    const closesAt = request.closesAt as Instant;
    expect(at(closesAt, 2)).toEqual({ act: 'end', status: 'closed_unanswered', reason: null });
    expect([at(closesAt - 1, 2), at(closesAt, 1)]).toEqual([
      { act: 'refuse', code: 'not_due' },
      { act: 'refuse', code: 'not_due' },
    ]);
  });

  it('R12 a guardian may withdraw for the mentee, and nobody else may', () => {
    const by = (who: string) =>
      decideAnswer(requestOf(), { act: 'withdraw', by: who }, answering({ guardianId: 'gil' }));
    expect(by('gil')).toMatchObject({ act: 'end', status: 'withdrawn' });
    expect(by('ada')).toEqual({ act: 'refuse', code: 'not_the_asker' });
  });

  it('R11 reopening counts for the limit like asking', () => {
    const closed = requestOf({ status: 'closed_unanswered', closedAt: openedAt + DAY });
    const pending = ['a', 'b', 'c'].map(
      (id): PendingRequest => ({ id, kind: 'request', menteeId: 'mia', mentorId: id, mentorIds: [id] }),
    );
    const reopen = (open: PendingRequest[]) =>
      decideAnswer(closed, { act: 'reopen', by: 'ops' }, answering({ asking: { pending: open, recommended: [] } }));
    expect(reopen(pending.slice(1))).toMatchObject({ act: 'reopen' });
    expect(reopen(pending)).toMatchObject({
      act: 'refuse',
      code: 'pending_limit',
      members: { openRequestIds: ['a', 'b', 'c'] },
    });
    expect(
      decideAnswer(requestOf({ status: 'declined', closedAt: openedAt }), { act: 'reopen', by: 'ops' }, answering()),
    ).toEqual({
      act: 'refuse',
      code: 'not_reopenable',
    });
  });

  it.each<[string, Partial<Party>, string]>([
    ['removed', { removed: true, held: true }, 'mentor_unavailable'],
    ['opted out', { optedOut: true }, 'mentor_unavailable'],
    ['in a safety case', { held: true }, 'held'],
    ['unconfirmed', { unconfirmed: true }, 'unconfirmed'],
    ['a minor without consent', { isMinor: true }, 'consent_missing'],
    ['full', { pairs: { mentor: 2, mentee: 0 }, capacity: { mentor: 2, mentee: 1 } }, 'mentor_full'],
  ])('R5 R13 a mentor who is %s cannot accept, and cannot be asked', (_, change, code) => {
    const mentor = party('ada', change);
    expect(obstacleToPair(mentor, 'mentor')).toBe(code);
    expect(obstacleToAsk(mentor, 'mentor', openedAt)).toBe(code);
    const context = answering({ parties: { mentee: party('mia'), mentors: [mentor] } });
    expect(decideAnswer(requestOf(), { act: 'accept', by: 'ada' }, context)).toMatchObject({ act: 'refuse', code });
  });

  it('R13 an absence with dates is over by itself, and one without lasts', () => {
    const away = (from: Instant | null, until: Instant | null) =>
      party('ada', { absence: { available: false, from, until } });
    expect(isAvailable(away(null, null), openedAt)).toBe(false);
    expect(isAvailable(away(openedAt + 1, null), openedAt)).toBe(true);
    expect(isAvailable(away(openedAt, openedAt + 1), openedAt)).toBe(false);
    expect(isAvailable(away(openedAt - 2, openedAt), openedAt)).toBe(true);
    expect(obstacleToPair(away(null, null), 'mentor')).toBeNull();
  });
});

describe('asking', () => {
  const ctx = (change: Partial<AskingContext> = {}): AskingContext => ({
    policy: requestsSection.defaults,
    pending: [],
    recommended: [],
    now: openedAt,
    ...change,
  });
  const asking = { kind: 'request', mentee: party('mia'), mentors: [party('ada')] } as const;
  const pendingOf = (id: string, kind: RequestKind, mentorId: string): PendingRequest => ({
    id,
    kind,
    menteeId: 'mia',
    mentorId,
    mentorIds: [mentorId],
  });

  it('R4 a limit of 1 blocks until answered; offers do not count for the mentee', () => {
    const policy = { ...requestsSection.defaults, pendingLimit: 1 };
    const given = [pendingOf('r', 'request', 'bo'), pendingOf('o', 'offer', 'cy')];
    expect(decideAsking({ ...asking, mentors: [...asking.mentors] }, ctx({ policy, pending: given }))).toEqual({
      act: 'refuse',
      code: 'pending_limit',
      openRequestIds: ['r'],
    });
    expect(
      decideAsking({ ...asking, mentors: [...asking.mentors] }, ctx({ policy, pending: given.slice(1) })).act,
    ).toBe('open');
  });

  it('R15 a full mentor may stand on a list, and cannot be asked directly', () => {
    const full = party('ada', { pairs: { mentor: 1, mentee: 0 }, capacity: { mentor: 1, mentee: 1 } });
    const policy = { ...requestsSection.defaults, mode: 'staff' as const };
    expect(decideAsking({ kind: 'list', mentee: party('mia'), mentors: [full] }, ctx({ policy })).act).toBe('open');
    expect(decideAsking({ kind: 'request', mentee: party('mia'), mentors: [full] }, ctx())).toMatchObject({
      code: 'mentor_full',
    });
  });
});

it('V8 R8 the close is the civil time of asking, 14 days later, across the clock change', () => {
  const asked = instantOf('2026-02-27', '10:15', zone);
  const closesAt = closesAtOf('request', asked, requestsSection.defaults, zone) as Instant;
  expect(localMinute(closesAt, zone)).toBe('2026-03-13T10:15');
  expect(closesAt - asked).toBe(14 * DAY - HOUR);
});
