import type { EventInput, PersonInput, SimulationInput } from '../../policy/simulate/documents.ts';
import { seeded } from '../../policy/simulate/seeded.ts';
import { addDays, addMonths, DAY, dateOf, HOUR, type Instant, instantOf } from '../../policy/time.ts';

/** Two years of check-ins of many pairs: made in time, late, twice or not at all; with pauses, and some matches that end. */

export const zone = 'America/New_York';
const years = 2;
/** What is due nearer than this to the end may still have its window open. */
export const settledDays = 12;

const modes = ['text', 'email', 'form', 'phone', 'video', 'in_person'];

/** A term of so many pairs that ends at `until`; the same for the same seed. Every second mentee has a guardian. */
export function checkInTerm(pairs: number, until: Instant, seed: number): SimulationInput {
  const random = seeded(seed);
  const numbers = Array.from({ length: pairs }, (_, index) => index);
  const people = numbers.flatMap((index): PersonInput[] => {
    const [mentor, mentee, guardian] = [`mentor_${index}`, `mentee_${index}`, `guardian_${index}`];
    const named = (id: string): PersonInput => ({ id, name: 'Somebody', email: `${id}@example.org` });
    if (index % 2 === 0) return [named(mentor), named(mentee)];
    const minor = { isMinor: true, guardianId: guardian, consents: { contact: true } };
    return [named(mentor), named(guardian), { ...named(mentee), ...minor }];
  });
  return {
    program: {
      name: 'Standards',
      zone,
      staff: { operations: 'ops', coordinator: 'coord', supervisor: 'sup' },
      policy: { checkIns: {} },
    },
    people,
    classes: [],
    events: numbers.flatMap((index) => eventsOf(index, until, random)),
  };
}

function eventsOf(index: number, until: Instant, random: () => number): EventInput[] {
  const subject = `pair_${index}`;
  // Matched over a month, so that every day of the month occurs, the last ones too.
  const matchedOn = addDays(addMonths(dateOf(until, zone), -12 * years), index % 31);
  const matchedAt = instantOf(matchedOn, '11:00', zone);
  const closedAt = random() < 0.05 ? matchedAt + Math.floor((0.3 + 0.6 * random()) * years * 365) * DAY : null;
  let count = 0;
  const event = (type: string, at: Instant, data: Record<string, unknown>): EventInput => {
    const time = new Date(at).toISOString();
    return { id: `${subject}_${++count}`, source: '/bench', type: `tandem.${type}`, subject, time, data };
  };
  const lasting = ({ time }: EventInput): boolean => Date.parse(time) < Math.min(until, closedAt ?? until);
  const respondents = index % 2 === 0 ? ['mentor', 'mentee'] : ['mentor', 'mentee', 'guardian'];
  const contacts = respondents.flatMap((respondent) =>
    aboutDue(matchedOn).flatMap((dueOn) =>
      contactDays(random).map((offset) =>
        event('checkin.recorded', instantOf(addDays(dueOn, offset), '15:00', zone) + Math.floor(random() * HOUR), {
          ...{ respondent, mode: modes[Math.floor(random() * modes.length)], by: 'coord' },
          ...{ answers: {}, safetyConcern: false },
        }),
      ),
    ),
  );
  const pauses = random() < 0.3 ? [pauseOf(matchedAt, random, event)] : [];
  const created = event('pair.created', matchedAt, { mentorId: `mentor_${index}`, menteeId: `mentee_${index}` });
  const ends = closedAt !== null && closedAt < until ? [event('pair.closed', closedAt, { reason: 'moved' })] : [];
  return [created, ...[...contacts, ...pauses].filter(lasting), ...ends];
}

/** About when somebody is due: what is really due is for the decision, and for whoever counts after it, to say. */
function aboutDue(matchedOn: string): string[] {
  const months = Array.from({ length: 12 * years }, (_, month) => addMonths(matchedOn, month + 1));
  return [addDays(matchedOn, 7), addDays(matchedOn, 21), ...months];
}

/** Days from the due day on which somebody is in touch: mostly in time, sometimes late, twice, or not at all. */
function contactDays(random: () => number): number[] {
  const chance = random();
  const inTime = Math.floor(random() * 11) - 5;
  if (chance < 0.6) return [inTime];
  if (chance < 0.75) return [6 + Math.floor(random() * 9)];
  return chance < 0.85 ? [inTime, Math.floor(random() * 11) - 5] : [];
}

function pauseOf(
  matchedAt: Instant,
  random: () => number,
  event: (type: string, at: Instant, data: Record<string, unknown>) => EventInput,
): EventInput {
  const from = matchedAt + Math.floor(random() * 600) * DAY;
  const until = new Date(from + (10 + Math.floor(random() * 50)) * DAY).toISOString();
  return event('pair.paused', from, { reason: 'holidays', until });
}
