import type { PairEvent } from '../../event.ts';
import type { Respondent } from '../../sections/check-ins.ts';
import { DAY, type Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { roleOf, sortedIn } from '../facts.ts';

/** Signs of life: what shows that two people are in touch, or that one of them reacts at all (T1). */
export interface Touch {
  ref: string;
  at: Instant;
  receivedAt: Instant;
  /** `pair`: the two are in touch; else the one who showed up. */
  who: 'pair' | Respondent;
}

/** What an event shows of contact or reaction; null where it shows nothing. */
export function touchOf(event: PairEvent, ctx: PairContext): Touch | null {
  const { ref, at, receivedAt, data } = event;
  const by = roleOf(data.by, ctx);
  switch (event.type) {
    case 'conversation.logged':
    case 'meeting.scheduled':
      return { ref, at, receivedAt, who: 'pair' };
    case 'lesson.completed':
    case 'message.sent':
      return by === 'mentor' || by === 'mentee' ? { ref, at, receivedAt, who: 'pair' } : null;
    case 'meeting.recorded':
      if (data.occurred === true) return { ref, at: metAt(event), receivedAt, who: 'pair' };
      return by && { ref, at, receivedAt, who: by };
    case 'checkin.recorded': {
      const respondent = roleOf(typeof data.respondent === 'string' ? data.respondent : undefined, ctx);
      return respondent && { ref, at, receivedAt, who: respondent };
    }
    case 'survey.answered':
    case 'flag.submitted':
    case 'contact.trouble':
      return by && { ref, at, receivedAt, who: by };
    default:
      return null;
  }
}

/** A meeting is contact when it took place, which was not after it was told of. */
function metAt({ at, data }: PairEvent): Instant {
  return typeof data.at === 'number' ? Math.min(data.at, at) : at;
}

/**
 * The list with one more. Of one day's the earliest and the latest are kept for each who: a pair that chats all day stays
 * small.
 */
export function withTouch(touches: Touch[], touch: Touch): Touch[] {
  const list = sortedIn(touches, touch, (other) => other.at);
  if (list === touches) return touches;
  const day = Math.floor(touch.at / DAY);
  const sameDay = list.filter(({ who, at }) => who === touch.who && Math.floor(at / DAY) === day);
  if (sameDay.length <= 2) return list;
  const middle = new Set(sameDay.slice(1, -1));
  return list.filter((item) => !middle.has(item));
}

/** When somebody of these last showed a sign of life that was not taken back; null when never. */
export function lastTouch(
  touches: Touch[],
  isRetracted: (touch: Touch) => boolean,
  whose: (who: Touch['who']) => boolean,
): Touch | null {
  for (let index = touches.length - 1; index >= 0; index--) {
    const touch = touches[index] as Touch;
    if (whose(touch.who) && !isRetracted(touch)) return touch;
  }
  return null;
}
