import { describe, expect, it } from 'vitest';
import { settledAfter, untilOwed } from '../../policy/pair/foresee.ts';
import { PairTerm } from './pair-term.ts';
import { lesson } from './support.ts';

/** A pair as its last say left it, and what it owes by an instant if nothing is heard. */
function owes(term: PairTerm, at: number): boolean {
  const said = term.decisions[term.decisions.length - 1];
  if (!said) throw new Error('the pair has said nothing yet');
  const { state, ctx } = term.before.get(said.decision) as { state: PairTerm['state']; ctx: PairTerm['ctx'] };
  return untilOwed(settledAfter(state, ctx, said.at), at).owed;
}

describe('what a pair owes if nothing is heard', () => {
  it('V4 a reminder is owed from the instant of its decision on, and not before', () => {
    const term = new PairTerm();
    term.give(lesson(term.local('2026-09-10', '12:00')));
    const quiet = term.local('2026-09-18', '09:00') - 1000;
    term.run(quiet);
    const said = term.decisions.length;
    term.run(quiet + 86_400_000);
    const due = (term.decisions[said] as { at: number }).at;
    const early = new PairTerm();
    early.give(lesson(early.local('2026-09-10', '12:00')));
    early.run(due - 1);
    expect(owes(early, due - 1)).toBe(false);
    expect(owes(early, due)).toBe(true);
  });

  it('V4 a pair that has said all there is owes nothing until its next decision', () => {
    const term = new PairTerm();
    for (let week = 0; week < 6; week++) {
      term.run(term.local('2026-09-09', '10:00') + week * 7 * 86_400_000 + 5 * 86_400_000);
      expect(owes(term, term.now), `week ${week}`).toBe(false);
    }
  });
});
