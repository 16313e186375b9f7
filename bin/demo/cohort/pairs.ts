import type { CivilDate, ProgramInput } from '../../../policy/program.ts';
import type { PersonInput } from '../../../policy/simulate/documents.ts';
import { addDays } from '../../../policy/time.ts';

/** The cohort of the demo: its program, its people, and how each pair gets on. */

export const zone = 'America/Chicago';
export const staff = { operations: 'staff_omar', coordinator: 'staff_paula', supervisor: 'staff_sven' };

/** How a pair gets on; what each means is in `year.ts`. */
export type Temper = 'steady' | 'slow_start' | 'fading' | 'rocky' | 'parting';

export interface CohortPair {
  id: string;
  mentorId: string;
  menteeId: string;
  /** Every second mentee is a minor. */
  guardianId: string | null;
  temper: Temper;
  matchedOn: CivilDate;
}

const firstNames = [
  ...['Ada', 'Ben', 'Carla', 'Dev', 'Elif', 'Finn', 'Grace', 'Hugo', 'Ines', 'Jonas'],
  ...['Kira', 'Liam', 'Mina', 'Noah', 'Olga', 'Pavel', 'Rosa', 'Sam', 'Tara', 'Uwe'],
];
const lastNames = [
  ...['Abara', 'Brandt', 'Castell', 'Dahl', 'Eide', 'Farrow', 'Gómez', 'Holt', 'Ibarra', 'Jensen'],
  ...['Kowal', 'Lund', 'Marsh', 'Novak', 'Okafor', 'Price', 'Quist', 'Reyes', 'Soto', 'Teague'],
];

function nameOf(index: number): string {
  const shift = Math.floor(index / firstNames.length);
  return `${firstNames[index % firstNames.length]} ${lastNames[(index * 7 + shift * 3) % lastNames.length]}`;
}

/** So many pairs, matched on the weekdays of the two weeks from `first`. */
export function cohortPairs(count: number, first: CivilDate): CohortPair[] {
  return Array.from({ length: count }, (_, index) => {
    const weekday = index % 10;
    return {
      id: `pair_${index + 1}`,
      mentorId: `mentor_${index + 1}`,
      menteeId: `mentee_${index + 1}`,
      guardianId: index % 2 === 1 ? `guardian_${index + 1}` : null,
      temper: temperOf(index),
      matchedOn: addDays(first, weekday < 5 ? weekday : weekday + 2),
    };
  });
}

function temperOf(index: number): Temper {
  if (index % 13 === 5) return 'rocky';
  if (index % 13 === 9) return 'parting';
  if (index % 8 === 3) return 'slow_start';
  return index % 8 === 6 ? 'fading' : 'steady';
}

export function cohortPeople(pairs: CohortPair[]): PersonInput[] {
  const named = (id: string, name: string, role: string): PersonInput => ({
    ...{ id, name, email: `${id}@example.org` },
    ...(role === '' ? {} : { programs: [{ programId: 'program', role }] }),
  });
  const members = pairs.flatMap(({ mentorId, menteeId, guardianId }, index) => {
    const mentee = named(menteeId, nameOf(index + 3), 'mentee');
    const minor = { isMinor: true, guardianId, consents: { contact: true } };
    return [
      named(mentorId, nameOf(2 * pairs.length - index), 'mentor'),
      ...(guardianId === null ? [mentee] : [{ ...mentee, ...minor }]),
      ...(guardianId === null ? [] : [named(guardianId, `Family of ${nameOf(index + 3)}`, '')]),
    ];
  });
  return [
    named(staff.operations, 'Omar Bristow', 'staff'),
    named(staff.coordinator, 'Paula Corwin', 'staff'),
    named(staff.supervisor, 'Sven Dahlke', 'staff'),
    ...members,
  ];
}

/** The program: everything on but the class week, two meetings a month promised, and a last day. */
export function cohortProgram(last: CivilDate): ProgramInput {
  return {
    name: 'Riverbend Mentors',
    zone,
    locale: 'en',
    staff: { ...staff, contact: staff.coordinator, safety: [staff.coordinator, staff.supervisor] },
    postalAddress: '100 River Street, Iowa City, IA 52240',
    policy: {
      contact: {},
      checkIns: {},
      meetings: { promise: { kind: 'count', meetings: 2, per: 'month' } },
      firstMeeting: {},
      surveys: {},
      sentiment: {},
      lifecycle: { kind: 'cohort', endsOn: last },
    },
  };
}
