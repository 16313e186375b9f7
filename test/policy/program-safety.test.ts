import { describe, expect, it } from 'vitest';
import type { SafetyCaseInProgram } from '../../policy/program/concern.ts';
import { decideProgram, openProgram } from '../../policy/program/decide.ts';
import { withDefaults } from '../../policy/program.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../policy/time.ts';
import { newYork } from './support.ts';

const opened = Date.UTC(2026, 9, 11, 2, 40);

const usual: SafetyCaseInProgram = {
  caseId: 'case_1',
  personId: 'mia',
  code: 'self_harm',
  openedBy: null,
  openedAt: opened,
  callingSince: null,
  climbMinutes: 15,
  acknowledged: null,
  more: [],
};

function decided(now: Instant, given: Partial<SafetyCaseInProgram> = {}, safety = ['anna', 'ben', 'mia']) {
  const document = withDefaults({ name: 'Example', zone: newYork, staff: { coordinator: 'coord', safety } });
  const ctx = { programId: 'p', document, createdAt: opened - DAY, classes: [], focus: [] };
  const { messages, nextAt } = decideProgram(openProgram(), now, { ...ctx, safetyCases: [{ ...usual, ...given }] });
  return { keys: messages.map(({ key }) => key), messages, nextAt };
}

describe("a safety case about nobody's pair", () => {
  it('K6 is climbed for by the program, by mail and text, and its person is not called', () => {
    const { keys, nextAt } = decided(opened + 16 * MINUTE);
    expect(keys).toEqual([
      'p/case_1/safety-alert-0/anna',
      'p/case_1/safety-alert-0-text/anna',
      'p/case_1/safety-alert-1/ben',
      'p/case_1/safety-alert-1-text/ben',
    ]);
    expect(nextAt).toBe(opened + 30 * MINUTE);
  });

  it('K6 says what is known by ids and codes', () => {
    expect(decided(opened).messages[0]?.fields).toEqual({
      caseId: 'case_1',
      cause: 'keyword',
      code: 'self_harm',
      role: null,
      personId: 'mia',
      openedBy: null,
      raisedAt: opened,
    });
    expect(decided(opened, { code: null, openedBy: 'ola' }).messages[0]?.fields).toMatchObject({
      cause: 'opened',
      openedBy: 'ola',
    });
  });

  it('K6 once somebody has answered calls nobody, and tells them once of what comes after that', () => {
    const acknowledged = { by: 'ben', at: opened + 5 * MINUTE };
    const more = [
      { ref: 'inb_1', at: opened + 2 * MINUTE },
      { ref: 'inb_2', at: opened + HOUR },
    ];
    const { keys, nextAt } = decided(opened + HOUR, { acknowledged, more });
    expect(keys).toEqual(['p/case_1/inb_2/safety-alert-more/ben', 'p/case_1/inb_2/safety-alert-more-text/ben']);
    expect(nextAt).toBeNull();
    expect(decided(opened + 4 * HOUR, { acknowledged, more }).keys).toEqual([]);
  });

  it('K6 climbs once more from the first on, where everybody is called again', () => {
    const callingSince = opened + 2 * DAY;
    const { keys, nextAt } = decided(callingSince + MINUTE, { callingSince });
    expect(keys).toEqual([0, 1].map((way) => `p/case_1/${callingSince}/safety-alert-0${way ? '-text' : ''}/anna`));
    expect(nextAt).toBe(callingSince + 15 * MINUTE);
  });

  it('K6 falls back to the coordinator where nobody else is named, and with nobody at all waits for a list', () => {
    expect(decided(opened, {}, ['mia']).keys[0]).toBe('p/case_1/safety-alert-0/coord');
    expect(decided(opened, { personId: 'coord' }, []).keys).toEqual([]);
    expect(decided(opened, { personId: 'coord' }, []).nextAt).toBeNull();
  });

  it('without one nothing is said', () => {
    const document = withDefaults({ name: 'Example', zone: newYork });
    const ctx = { programId: 'p', document, createdAt: 0, classes: [], focus: [] };
    expect(decideProgram(openProgram(), opened, ctx)).toMatchObject({ messages: [], nextAt: null });
  });
});
