import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AskedCheckIn, answerByText, readCheckInReply } from '../../policy/delivery/check-in-reply.ts';
import { readReply } from '../../policy/delivery/reply.ts';
import type { CheckInRecord } from '../../policy/pair/check-ins/state-at.ts';
import { DAY } from '../../policy/time.ts';

const now = Date.UTC(2026, 10, 21, 14);

const asked = (change: Partial<CheckInRecord> = {}, pairId = 'pair_1'): AskedCheckIn => ({
  pairId,
  programId: 'school',
  record: {
    id: `chk_${pairId}`,
    respondent: 'mentor',
    dueOn: '2026-11-22',
    opensOn: '2026-11-17',
    closesOn: '2026-11-27',
    askAt: now - DAY,
    zone: 'America/New_York',
    contact: null,
    excused: null,
    live: false,
    policyVersion: 1,
    ...change,
  },
});

const given = (body: string, questions = [asked()], people = 1, at = now) =>
  answerByText({ body, reading: readReply(body), people }, questions, at)?.given ?? null;

describe('a text that answers a check-in', () => {
  test.each([
    ['4', 4],
    [' 5! ', 5],
    ['"1".', 1],
    ['4️⃣', 4],
    ['３', 3],
    ['④', 4],
    ['Four', 4],
    ['CINCO.', 5],
    ['una', 1],
    ['4/5', 4],
    ['3 out of 5', 3],
    ['dos de cinco', 2],
    ['5 👍', 5],
  ])('K3 %s is a mark', (body, going) => {
    expect(given(body)).toEqual({
      respondent: 'mentor',
      by: 'mentor',
      mode: 'text',
      safetyConcern: false,
      answers: { going },
    });
  });

  test.each(['It goes well', 'ok', 'Sí, todo bien', 'great!! 👍', '5 meetings so far', 'two or three', '很好', 'x'])(
    'K3 %s is notes, as it was written',
    (body) => {
      expect(given(` ${body}\n`)).toMatchObject({ answers: {}, notes: body });
    },
  );

  test.each([
    '',
    '   ',
    '0',
    '6',
    '10',
    '🔟',
    '-1',
    '4.5',
    '44',
    '👍',
    '🙂🙂',
    '?',
    '...',
    '4 5',
    '12/5',
    '2026-11-22',
  ])('K3 %j is for staff', (body) => {
    expect(given(body)).toBeNull();
  });

  test.each(['STOP', 'start', 'help', 'stop it please?', 'wrong number', 'No more'])(
    'M8 %s is no answer, whatever is open',
    (body) => {
      expect(given(body)).toBeNull();
    },
  );

  test('K3 nobody has to guess: one person, one question that went out, and its window', () => {
    expect(given('4', [])).toBeNull();
    expect(given('4', [asked()], 2)).toBeNull();
    expect(given('4', [asked()], 0)).toBeNull();
    expect(given('4', [asked(), asked({}, 'pair_2')])).toBeNull();
    expect(given('4', [asked({ contact: { id: 'evt', ref: 'evt~s', at: now, mode: 'phone', by: null } })])).toBeNull();
    expect(given('4', [asked({ excused: 'ended' })])).toBeNull();
    expect(given('4', [asked({ opensOn: '2026-11-22' })])).toBeNull();
    expect(given('4', [asked({ closesOn: '2026-11-20' })])).toBeNull();
  });

  test('K3 K11 whoever answers a question that is no longer owed is heard as well', () => {
    for (const excused of ['safety', 'trouble', 'paused'] as const)
      expect(given('4', [asked({ excused })])).toMatchObject({ answers: { going: 4 } });
  });

  test('K3 of several questions the one that is open is answered', () => {
    const made = asked({ contact: { id: 'evt', ref: 'evt~s', at: now, mode: 'form', by: 'mentor' } });
    const past = asked({ opensOn: '2026-10-17', closesOn: '2026-10-27' }, 'pair_2');
    const open = asked({ respondent: 'guardian' }, 'pair_3');
    const answer = answerByText({ body: '3', reading: 'other', people: 1 }, [made, past, open], now);
    expect(answer).toMatchObject({ checkIn: { pairId: 'pair_3' }, given: { respondent: 'guardian', by: 'guardian' } });
  });

  test('K3 the last day counts to its end in the zone of the pair, and not a moment longer', () => {
    const end = Date.UTC(2026, 10, 28, 5);
    expect(given('4', [asked()], 1, end - 1)).not.toBeNull();
    expect(given('4', [asked()], 1, end)).toBeNull();
  });

  test('K3 whatever somebody writes is a mark from 1 to 5, their own words, or for staff', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
        const reply = readCheckInReply(text);
        if (reply === null) return;
        if ('going' in reply) expect([1, 2, 3, 4, 5]).toContain(reply.going);
        else expect(reply.notes).toBe(text.trim());
      }),
    );
  });
});
