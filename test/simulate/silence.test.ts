import { describe, expect, it } from 'vitest';
import type { EventInput, SimulationInput } from '../../policy/simulate/documents.ts';
import { event, linesOf, simulated } from './iowa-city.ts';

/** S8 on the virtual clock: people of whom nothing is heard for 30 days. */

const person = (id: string, role: string) => ({ id, name: id, email: `${id}@example.org`, programs: [taking(role)] });
const taking = (role: string) => ({ programId: 'program', role });

/** A pair that is made on 1 September, told of by these events, until two weeks after 20 October. */
function silence(...events: EventInput[]) {
  const pair = event('pair.created', 'pair', '2026-09-01T10:30:00Z', { mentorId: 'mentor', menteeId: 'mentee' });
  const end = event('person.active', 'mentee', '2026-10-20T12:00:00Z');
  const input: SimulationInput = {
    program: {
      name: 'Silence',
      zone: 'UTC',
      staff: { coordinator: 'pia' },
      policy: { lifecycle: { kind: 'always_on', inactiveDays: 30 } },
    },
    people: [person('mentor', 'mentor'), person('mentee', 'mentee'), person('pia', 'staff')],
    classes: [],
    events: [pair, ...events, end],
  };
  const result = simulated(input);
  const notices = linesOf(result, '\tinactivity-notice\t').filter((line) => line.includes(' mentor '));
  const available = result.cases.every(({ personId, state }) => personId !== 'mentor' || state === 'withdrawn');
  return { notices, available };
}

describe('S8 silence, simulated', () => {
  const first = '2026-10-02T09:00 mentor email inactivity-notice - sent -';
  // The silence began anew on 1 October.
  const again = '2026-10-31T09:00 mentor email inactivity-notice - sent -';

  it('S8 whoever is not heard of after a notice is marked', () => {
    expect(silence()).toEqual({ notices: [first], available: false });
  });

  it('S8 E2 what occurred before the notice and came after it ends the silence', () => {
    const late = event('person.active', 'mentor', '2026-10-01T08:00:00Z', {}, '2026-10-03T09:30:00Z');
    expect(silence(late)).toEqual({ notices: [first, again], available: true });
  });

  it('S8 E2 what occurred before the notice and came once they were marked ends that too', () => {
    const late = event('person.active', 'mentor', '2026-10-01T08:00:00Z', {}, '2026-10-10T09:30:00Z');
    expect(silence(late)).toEqual({ notices: [first, again], available: true });
  });
});
