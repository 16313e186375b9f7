import { pairEventNames } from '../../policy/event.ts';
import type { ProgramInput } from '../../policy/program.ts';
import {
  acceptedAt,
  type ClassInput,
  type EventInput,
  type PairInput,
  type PersonInput,
  programIdOf,
} from '../../policy/simulate/documents.ts';
import { faultAt, type Placed } from './fault.ts';

/** Whether the ids in the four files name what is there. */

interface PlacedInput {
  program: Placed<ProgramInput>;
  people: Placed<PersonInput[]>;
  classes: Placed<ClassInput[]>;
  events: Array<Placed<EventInput>>;
}

const aboutPairs = new Set<string>([
  ...pairEventNames,
  ...['pair.paused', 'pair.resumed', 'pair.closed', 'reminders.resumed'],
  ...['staff.changed', 'class.changed', 'case.opened', 'case.acknowledged', 'case.resolved'],
]);

/** Every fault as a line; none when all is well. */
export function unknownReferences({ program, people, classes, events }: PlacedInput): string[] {
  const known = {
    people: new Set(people.value.map(({ id }) => id)),
    classes: new Set(classes.value.map(({ id }) => id)),
  };
  const programId = programIdOf({ classes: classes.value });
  const faults = staffFaults(program, known.people);
  for (const [index, { programId: other }] of classes.value.entries()) {
    if (other !== programId) faults.push(faultAt(classes, [index, 'programId'], 'One simulation has one program'));
  }
  const pairs = new Map<string, number>();
  const seen = new Map<string, string>();
  for (const event of [...events].sort((a, b) => acceptedAt(a.value) - acceptedAt(b.value))) {
    const type = event.value.type.slice('tandem.'.length);
    if (type === 'person.changed') known.people.add(event.value.subject);
    if (type === 'calendar.changed') known.classes.add(event.value.subject);
    if (type === 'pair.created') pairs.set(event.value.subject, acceptedAt(event.value));
  }
  for (const event of events) faults.push(...eventFaults(event, known, pairs), ...repeated(event, seen));
  return faults;
}

function staffFaults(program: Placed<ProgramInput>, people: Set<string>): string[] {
  const staff = Object.entries(program.value.staff ?? {}).flatMap(([role, ids]) =>
    [ids].flat().map((id) => ({ role, id })),
  );
  return staff
    .filter(({ id }) => id !== undefined && !people.has(id))
    .map(({ role }) => faultAt(program, ['staff', role], 'Nobody in the people file has this id'));
}

function eventFaults(
  event: Placed<EventInput>,
  known: { people: Set<string>; classes: Set<string> },
  pairs: Map<string, number>,
): string[] {
  const { type: fullType, subject, data } = event.value;
  const type = fullType.slice('tandem.'.length);
  if (type === 'pair.created') return pairFaults(event, data as unknown as PairInput, known);
  if (aboutPairs.has(type)) {
    const created = pairs.get(subject);
    if (created === undefined) return [faultAt(event, ['subject'], 'No pair has this id')];
    return created <= acceptedAt(event.value) ? [] : [faultAt(event, ['time'], 'The pair is created later')];
  }
  if (type === 'program.changed' || type === 'calendar.changed') return [];
  return known.people.has(subject) ? [] : [faultAt(event, ['subject'], 'Nobody in the people file has this id')];
}

function pairFaults(
  event: Placed<EventInput>,
  pair: PairInput,
  known: { people: Set<string>; classes: Set<string> },
): string[] {
  const faults: string[] = [];
  for (const field of ['mentorId', 'menteeId'] as const) {
    if (!known.people.has(pair[field]))
      faults.push(faultAt(event, ['data', field], 'Nobody in the people file has this id'));
  }
  if (pair.classId && !known.classes.has(pair.classId)) {
    faults.push(faultAt(event, ['data', 'classId'], 'No class in the calendar file has this id'));
  }
  return faults;
}

/** The same event twice is one; the same identity with other content is a fault (E1). */
function repeated(event: Placed<EventInput>, seen: Map<string, string>): string[] {
  const identity = JSON.stringify([event.value.source, event.value.id]);
  const content = JSON.stringify(event.value);
  const before = seen.get(identity);
  seen.set(identity, content);
  return before === undefined || before === content
    ? []
    : [faultAt(event, ['id'], 'An event with other content has this id')];
}
