import { type Alarm, callsAt, toldMore, whoHearsMore } from '../safety/alerts.ts';
import { type Climb, ladderOf, rungsAt } from '../safety/ladder.ts';
import type { MessageStep } from '../step.ts';
import { earliest, type Instant } from '../time.ts';
import type { ProgramConcern, ProgramContext, SafetyCaseInProgram } from './concern.ts';

/** Safety cases about nobody's pair: the program climbs their ladder, as a pair does its own (K6). */

function ladderFor({ personId }: SafetyCaseInProgram, { document }: ProgramContext): string[] {
  return ladderOf({}, document.staff, [personId]);
}

function climbOf({ openedAt, callingSince, climbMinutes }: SafetyCaseInProgram, { document }: ProgramContext): Climb {
  return { from: callingSince ?? openedAt, minutes: climbMinutes, byDay: false, zone: document.zone };
}

function alarmOf(item: SafetyCaseInProgram, raisedAt: Instant, ref: string, ctx: ProgramContext): Omit<Alarm, 'climb'> {
  const { caseId, code, personId, openedBy } = item;
  const cause = code === null ? 'opened' : 'keyword';
  return {
    prefix: `${ctx.programId}/${ref}`,
    fields: { caseId, cause, code, role: null, personId, openedBy, raisedAt },
    because: { rule: 'K6', facts: [] },
  };
}

function messagesFor(item: SafetyCaseInProgram, now: Instant, ctx: ProgramContext): MessageStep[] {
  const { acknowledged, openedAt, callingSince, caseId } = item;
  const ladder = ladderFor(item, ctx);
  if (acknowledged === null) {
    const name = callingSince === null ? caseId : `${caseId}/${callingSince}`;
    const alarm = alarmOf(item, callingSince ?? openedAt, name, ctx);
    return callsAt({ ...alarm, climb: climbOf(item, ctx) }, ladder, now);
  }
  const readers = whoHearsMore(acknowledged.by, ladder);
  return item.more
    .filter(({ at }) => at > acknowledged.at)
    .flatMap(({ at, ref }) => toldMore(alarmOf(item, at, `${caseId}/${ref}`, ctx), readers, at, now));
}

export const safetyLadder: ProgramConcern<null> = {
  open: () => null,
  due: (_state, now, ctx) => ({
    messages: (ctx.safetyCases ?? []).flatMap((item) => messagesFor(item, now, ctx)),
    cases: [],
  }),
  said: () => null,
  nextAt(now, ctx) {
    const calls = (ctx.safetyCases ?? [])
      .filter((item) => item.acknowledged === null && ladderFor(item, ctx).length > 0)
      .map((item) => rungsAt(climbOf(item, ctx), now, 1).next);
    return earliest(calls);
  },
};
