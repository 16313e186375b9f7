import type { Because, Channel, MessageStep } from '../step.ts';
import { HOUR, type Instant } from '../time.ts';
import { type Climb, callStandsFor, rungsAt } from './ladder.ts';

/** What the people of a ladder are told, each by mail and by text (K6). */

/** Something that somebody is to look at now. */
export interface Alarm {
  /** Begins the keys of its messages, and is of no other alarm. */
  prefix: string;
  climb: Climb;
  /** Ids, codes and instants for the words of its messages. */
  fields: Record<string, unknown>;
  because: Because;
}

/** How long it is of use to tell the one who looks after a case that there is more. */
const moreStandsFor = 2 * HOUR;

const ways: ReadonlyArray<{ channel: Channel; suffix: string }> = [
  { channel: 'email', suffix: '' },
  { channel: 'sms', suffix: '-text' },
];

function alert(
  name: string,
  personId: string,
  slot: Instant,
  expiresAt: Instant,
  { prefix, fields, because }: Omit<Alarm, 'climb'>,
): MessageStep[] {
  const keyOf = (suffix: string): string => `${prefix}/${name}${suffix}/${personId}`;
  return ways.map(({ channel, suffix }) => ({
    kind: 'message',
    key: keyOf(suffix),
    stepKey: `${prefix}/${name}${suffix}`,
    personId,
    role: 'safety',
    template: 'safety-alert',
    variant: null,
    channel,
    planned: false,
    slot,
    expiresAt,
    fields,
    heldBy: [],
    because,
    ...(channel === 'sms' && { mailTwin: keyOf('') }),
  }));
}

/**
 * The calls that stand at `now`: of each person the last one, so that an outage ends with one call each and no burst. Who
 * stands on the ladder may change: a call goes to whoever is there when it is due.
 */
export function callsAt(alarm: Alarm, ladder: string[], now: Instant): MessageStep[] {
  if (ladder.length === 0) return [];
  const standsFor = callStandsFor(alarm.climb, ladder.length);
  return rungsAt(alarm.climb, now, ladder.length)
    .due.filter(({ at }) => now < at + standsFor)
    .flatMap(({ k, at }) => alert(`safety-alert-${k}`, ladder[k % ladder.length] as string, at, at + standsFor, alarm));
}

/** Tells people once that there is more about a case that is looked after already. */
export function toldMore(alarm: Omit<Alarm, 'climb'>, people: string[], at: Instant, now: Instant): MessageStep[] {
  if (now >= at + moreStandsFor) return [];
  const more = { ...alarm, fields: { ...alarm.fields, more: true } };
  const name = (index: number): string => (index === 0 ? 'safety-alert-more' : `safety-alert-more-${index}`);
  return people.flatMap((personId, index) => alert(name(index), personId, at, at + moreStandsFor, more));
}

/** Who is told of more: the one who looks after the case and, where that is nobody of the ladder, its first. */
export function whoHearsMore(acknowledgedBy: string, ladder: string[]): string[] {
  const first = ladder[0];
  return first === undefined || ladder.includes(acknowledgedBy) ? [acknowledgedBy] : [acknowledgedBy, first];
}
