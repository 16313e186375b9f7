import { expect, test } from 'vitest';
import { livedTwice } from './lived-twice.ts';
import { eventfulTerms } from './scenarios.ts';

test.each(eventfulTerms)(
  'V4 $title: real workflows and the simulator say the same, byte for byte',
  async (scenario) => {
    const { real, simulated, without } = await livedTwice(scenario);
    for (const text of scenario.shows) expect(simulated).toMatch(text);
    expect(real).toBe(simulated);
    for (const other of without) expect(other.simulated, `control: without ${other.type}`).not.toBe(real);
  },
  180_000,
);
