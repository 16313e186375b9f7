import type { LifecyclePolicy } from '../sections/lifecycle.ts';
import { addCivilDays, dateOf, type Instant } from '../time.ts';
import type { ProgramConcern, ProgramContext } from './concern.ts';
import { lastLook, nextLook } from './daily.ts';

/**
 * A program that goes on for ever looks each day for people of whom nothing was heard for long: a notice, and some days later
 * they are marked unavailable, which staff confirm or undo (S8). It looks at how people stand and not at what a day has
 * brought, so that a day without a look changes nothing but the day on which they hear of it.
 */

interface Looking {
  section: LifecyclePolicy & { inactiveDays: number };
  /** Nobody is inactive for what was before (V7, V9). */
  since: Instant;
}

function lookingOf({ document, lifecycleSince, createdAt }: ProgramContext): Looking | null {
  const { lifecycle: section } = document.policy;
  if (section?.kind !== 'always_on' || section.inactiveDays === null || lifecycleSince === undefined) return null;
  return { section: { ...section, inactiveDays: section.inactiveDays }, since: Math.max(lifecycleSince, createdAt) };
}

export const inactivity: ProgramConcern<null> = {
  open: () => null,
  due(_state, now, ctx) {
    const { zone, staff } = ctx.document;
    const looking = lookingOf(ctx);
    const at = lastLook(now, zone);
    if (!looking || at < looking.since) return { messages: [], cases: [] };
    const { inactiveDays, inactiveNoticeDays } = looking.section;
    const marksAt = addCivilDays(at, inactiveNoticeDays, zone);
    const parameters = {
      date: dateOf(at, zone),
      since: looking.since,
      // Whoever was last heard of by then gets a notice; whoever got one by then, and was not heard of, is marked.
      quietSince: addCivilDays(at, -inactiveDays, zone),
      noticedBy: addCivilDays(at, -inactiveNoticeDays, zone),
      marksAt,
      answerBy: dateOf(marksAt, zone),
      coordinator: staff.coordinator ?? null,
    };
    const key = `${ctx.programId}/${parameters.date}/inactivity`;
    const sweep = { kind: 'sweep', key, name: 'inactivity', group: 'inactivity', at, parameters } as const;
    return { messages: [], cases: [], sweeps: [sweep] };
  },
  said: () => null,
  nextAt(now, ctx) {
    return lookingOf(ctx) ? nextLook(now, ctx.document.zone) : null;
  },
};
