import { mergedSessions } from '../calendar-merge.ts';
import { type ProgramDocument, type ProgramInput, withDefaults } from '../program.ts';
import type { Channel } from '../step.ts';
import type { AvailabilityInput, ClassInput, PersonInput } from './documents.ts';
import { type AcceptedEvent, dataOf, type Handler, note } from './journal.ts';
import {
  calendarOf,
  enrol,
  leaveOf,
  personOf,
  type SimulatedPair,
  type SimulatedPerson,
  suppressionKey,
} from './world.ts';

/** What a new version of a document does to the world. */

export const changeProgram: Handler = (world, accepted) => {
  const { document: input, applyNow = false } = dataOf<{ document: ProgramInput; applyNow?: boolean }>(accepted);
  const before = world.policy;
  const document = withDefaults(input);
  const version = before.version + 1;
  world.policy = { version, document };
  if (endOf(document) !== endOf(before.document)) world.lifecycleSince = accepted.receivedAt;
  world.versions.set(version, world.policy);
  world.touched.program = true;
  const atOnce = (read: typeof document): string => JSON.stringify([read.staff, read.links]);
  const noted = applyNow || atOnce(document) !== atOnce(before.document);
  if (noted) note(world, accepted, 'policy.changed', { version, applyNow }, () => true);
  for (const personId of world.people.keys()) world.touched.people.add(personId);
};

/** What decides when a life cycle ends or looks: a cohort's last day, or whether anybody is looked for at all. */
function endOf({ policy: { lifecycle } }: ProgramDocument): string {
  if (!lifecycle) return '';
  return `${lifecycle.kind} ${lifecycle.kind === 'cohort' ? lifecycle.endsOn : lifecycle.inactiveDays === null}`;
}

export const changeCalendar: Handler = (world, accepted) => {
  const classId = accepted.event.subject;
  const current = world.calendars.get(classId) ?? null;
  const given = calendarOf({ ...dataOf<ClassInput>(accepted), id: classId }, world);
  const version = (current?.version ?? 0) + 1;
  const sessions = mergedSessions(current, given.sessions, accepted.receivedAt);
  world.calendars.set(classId, { ...given, version, sessions });
  world.touched.program = true;
  note(world, accepted, 'calendar.changed', { classId, version }, (pair) => pair.ctx.calendar?.classId === classId);
};

function changePerson(
  change: (before: SimulatedPerson | undefined, accepted: AcceptedEvent) => SimulatedPerson,
): Handler {
  return (world, accepted) => {
    const personId = accepted.event.subject;
    world.people.set(personId, change(world.people.get(personId), accepted));
    world.touched.people.add(personId);
    const concerns = ({ ctx }: SimulatedPair): boolean =>
      [ctx.mentorId, ctx.menteeId, world.people.get(ctx.menteeId)?.guardianId].includes(personId);
    note(world, accepted, 'person.changed', { personId }, concerns);
  };
}

/** A new document of a person leaves consents and leave as they are: those have events of their own. */
function withDocument(before: SimulatedPerson | undefined, accepted: AcceptedEvent): SimulatedPerson {
  const next = personOf({ ...dataOf<PersonInput>(accepted), id: accepted.event.subject });
  if (!before) return next;
  const { consents, leave, removed, available, notToBeMatched } = before;
  return { ...next, consents, leave, removed, available, notToBeMatched };
}

/** A person's own document. */
export const changeDocument: Handler = (world, accepted) => {
  changePerson(withDocument)(world, accepted);
  enrol(world, { ...dataOf<PersonInput>(accepted), id: accepted.event.subject }, accepted.receivedAt);
};

export const changeAvailability: Handler = (world, accepted) => {
  const given = dataOf<AvailabilityInput>(accepted);
  const { available } = given;
  changePerson((current) => {
    const before = current as SimulatedPerson;
    return { ...before, available, leave: leaveOf(given), notToBeMatched: before.notToBeMatched && !available };
  })(world, accepted);
  const enrolled = world.enrolled.get(accepted.event.subject);
  // Who is back is not taken for quiet at once.
  if (enrolled && available) enrolled.heardAt = accepted.receivedAt;
};

export const changeConsent: Handler = (world, accepted) => {
  const person = world.people.get(accepted.event.subject);
  const { channel, granted } = dataOf<{ channel: string; granted: boolean }>(accepted);
  if (!person) return;
  world.people.set(person.id, { ...person, consents: { ...person.consents, [channel]: granted } });
  world.touched.people.add(person.id);
};

/** A STOP holds for every profile with that address (M8). */
export const changeSuppression: Handler = (world, accepted) => {
  const person = world.people.get(accepted.event.subject);
  const { channel, suppressed } = dataOf<{ channel: Channel; suppressed: boolean }>(accepted);
  if (!person) return;
  if (suppressed) world.suppressed.add(suppressionKey(channel, person));
  else world.suppressed.delete(suppressionKey(channel, person));
  for (const personId of world.people.keys()) world.touched.people.add(personId);
};
