import { describe, expect, it } from 'vitest';
import {
  decideProgram,
  openProgram,
  type ProgramContext,
  type ProgramState,
  saidProgram,
} from '../../policy/program/decide.ts';
import { type Partially, withDefaults } from '../../policy/program.ts';
import type { RequestsPolicy } from '../../policy/sections/requests.ts';
import { DAY, instantOf, localMinute } from '../../policy/time.ts';

const zone = 'America/Chicago';
const at = (date: string, time = '09:00') => instantOf(date, time, zone);
const createdAt = at('2026-08-24', '12:00');

function contextOf(
  change: Partial<ProgramContext['requests']>,
  policy: Partially<RequestsPolicy> = {},
): ProgramContext {
  const staff = { operations: 'ops', coordinator: 'coord' };
  const document = withDefaults({ name: 'Example', zone, staff, policy: { requests: policy } });
  const requests = { waiting: { pending: 0, longPending: 0 }, joiners: [], ...change };
  return { programId: 'prg', document, createdAt, classes: [], focus: [], requests };
}

const keysAt = (state: ProgramState, now: number, ctx: ProgramContext) =>
  decideProgram(state, now, ctx).messages.map(({ key }) => key);

describe('R14 the pending alert', () => {
  const waiting = (pending: number, longPending: number) => contextOf({ waiting: { pending, longPending } });
  const keys = ['prg/2026-09-14/pending-alert/coord', 'prg/2026-09-14/pending-alert/ops'];

  it('R14 is raised above the share alone, and with at least five', () => {
    const now = at('2026-09-14');
    expect(keysAt(openProgram(), now, waiting(16, 5))).toEqual(keys);
    expect(keysAt(openProgram(), now, waiting(10, 3))).toEqual([]);
    expect(keysAt(openProgram(), now, waiting(20, 6))).toEqual([]);
    expect(keysAt(openProgram(), now, waiting(19, 6))).toEqual(keys);
    expect(keysAt(openProgram(), now, waiting(0, 0))).toEqual([]);
  });

  it('R14 stands for a week as it was said, and is not raised again for 14 days', () => {
    const first = at('2026-09-14');
    const state = saidProgram(openProgram(), first, waiting(10, 8));
    const later = decideProgram(state, first + 6 * DAY, waiting(30, 30)).messages;
    expect(later.map(({ key, fields }) => [key, fields.pending])).toEqual(keys.map((key) => [key, 10]));
    expect(keysAt(state, first + 8 * DAY, waiting(30, 30))).toEqual([]);
    expect(keysAt(saidProgram(state, first + 8 * DAY, waiting(30, 30)), first + 13 * DAY, waiting(30, 30))).toEqual([]);
    expect(keysAt(state, first + 14 * DAY, waiting(30, 30))).toEqual(keys.map((key) => key.replace('09-14', '09-28')));
  });
});

describe('R18 nudges', () => {
  const joiners = [{ menteeId: 'mia', joinedAt: at('2026-09-01', '20:00') }];

  it('R18 are due at 09:00 on days 3 and 10 after joining, and stand for two days', () => {
    const ctx = contextOf({ joiners });
    const key = (day: number) => [`prg/no-request-nudge-${day}/mia`];
    expect(keysAt(openProgram(), at('2026-09-04', '08:59'), ctx)).toEqual([]);
    expect(keysAt(openProgram(), at('2026-09-04'), ctx)).toEqual(key(3));
    expect(keysAt(openProgram(), at('2026-09-06', '08:59'), ctx)).toEqual(key(3));
    expect(keysAt(openProgram(), at('2026-09-06'), ctx)).toEqual([]);
    expect(keysAt(openProgram(), at('2026-09-11'), ctx)).toEqual(key(10));
  });

  it('V9 R18 what was due before the program was there is not said', () => {
    const early = [{ menteeId: 'mia', joinedAt: createdAt - 3 * DAY }];
    expect(keysAt(openProgram(), createdAt + 60_000, contextOf({ joiners: early }))).toEqual([]);
  });

  it('R18 the program looks each day at 09:00, over the clock change too, and not at all without the section', () => {
    const next = decideProgram(openProgram(), at('2026-10-31'), contextOf({})).nextAt as number;
    expect(localMinute(next, zone)).toBe('2026-11-01T09:00');
    expect(next - at('2026-10-31')).toBe(25 * 3_600_000);
    const without = contextOf({ joiners });
    const { messaging, safety } = without.document.policy;
    without.document.policy = { messaging, safety };
    expect(decideProgram(openProgram(), at('2026-09-04'), without)).toEqual({
      messages: [],
      cases: [],
      sweeps: null,
      nextAt: null,
    });
  });

  it('a state from before there were requests is taken up as it is', () => {
    const { focusDigest, nextSession } = openProgram();
    const old: ProgramState = { version: 1, focusDigest, nextSession };
    expect(keysAt(old, at('2026-09-04'), contextOf({ joiners }))).toHaveLength(1);
    expect(saidProgram(old, at('2026-09-04'), contextOf({ joiners })).pendingAlert).toEqual({ last: null });
  });
});
