import type { ClassCalendar } from '../policy/calendar.ts';
import type { PairEvent } from '../policy/event.ts';
import { reconcile, type SayContext } from '../policy/mailbox/reconcile.ts';
import type { MessageRow } from '../policy/mailbox/row.ts';
import type { PairContext } from '../policy/pair/context.ts';
import { decide, saidState } from '../policy/pair/decide.ts';
import { openContext, type PolicyDocument, unknownPerson, withPolicy } from '../policy/pair/documents.ts';
import { applyEvent, openPair } from '../policy/pair/state.ts';
import { withDefaults } from '../policy/program.ts';
import { addDays, DAY, HOUR, type Instant, instantOf, MINUTE } from '../policy/time.ts';
import { classify, type TemplateKey } from '../templates/table.ts';

/**
 * How many pair-years of decisions one core makes in a second: deciding and reconciling only, no workflow and no
 * database. A reference year has 36 sessions; three weeks of four are done the day after the class, the fourth so late
 * that both reminders go.
 */

const zone = 'America/New_York';
const sessions = 36;

const calendar: ClassCalendar = {
  classId: 'class_1',
  version: 1,
  zone,
  endsOn: addDays('2026-09-09', 7 * sessions),
  sessions: Array.from({ length: sessions }, (_, week) => {
    const date = addDays('2026-09-09', 7 * week);
    return { id: date, date, start: '10:00', state: 'held' };
  }),
};

const policy: PolicyDocument = {
  version: 1,
  document: withDefaults({
    name: 'Reference',
    zone,
    staff: { operations: 'ops', coordinator: 'coord', supervisor: 'sup' },
    policy: { classWeek: {} },
  }),
};

const opened = instantOf('2026-09-08', '12:00', zone);
const lessonsAt = calendar.sessions.map(({ date, start }, week): Instant => {
  const at = instantOf(date, start, zone);
  return week % 4 === 3 ? at + 7 * DAY - HOUR : at + DAY;
});

function contextOf(index: number): PairContext {
  const documents = {
    programId: 'program_1',
    pairId: `pair_${index}`,
    mentorId: `mentor_${index}`,
    menteeId: `mentee_${index}`,
    matchedAt: opened,
    createdAt: opened,
    staff: {},
    policy,
    calendar,
    history: {},
    mentor: unknownPerson(`mentor_${index}`),
    mentee: unknownPerson(`mentee_${index}`),
    lead: { ahead: DAY, spread: 15 * MINUTE },
  };
  return openContext(documents, 1);
}

function sayOf(ctx: PairContext): SayContext {
  return {
    owner: `pair:${ctx.programId}:${ctx.pairId}`,
    programId: ctx.programId,
    pairIds: [ctx.pairId],
    zone,
    policyVersion: 1,
    gatherMinutes: 2,
    classify: (template) => classify(template as TemplateKey),
  };
}

function lessonOf(week: number, at: Instant): PairEvent {
  return { seq: week, ref: `evt_${week}~s`, type: 'lesson.completed', at, receivedAt: at, data: { by: 'mentor' } };
}

/** Runs one pair through the reference year; the number of says that it took. */
export function simulatePairYear(index: number): number {
  let ctx = contextOf(index);
  let state = openPair(ctx);
  let rows = new Map<string, MessageRow>();
  let says = 0;
  let week = 0;
  let now: Instant | null = opened;
  const say = sayOf(ctx);
  while (now !== null) {
    const decision = decide(state, now, ctx);
    if (decision.read)
      ctx = withPolicy(ctx, policy, { since: decision.read.since, applyNow: false, wholly: true }, now);
    if (decision.owed) {
      says++;
      rows = carriedOut(rows, reconcile([...rows.values()], decision.messages, now, say), now);
      state = saidState(state, decision, now, ctx);
    }
    const lessonAt = lessonsAt[week];
    if (lessonAt !== undefined && (decision.nextAt === null || lessonAt < decision.nextAt)) {
      now = lessonAt;
      ({ state, ctx } = applyEvent(state, lessonOf(week++, now), ctx, now));
    } else now = decision.nextAt;
  }
  return says;
}

/** The rows that can still change after a say; those whose slot has come are gone. */
function carriedOut(
  rows: Map<string, MessageRow>,
  changes: ReturnType<typeof reconcile>,
  now: Instant,
): Map<string, MessageRow> {
  for (const row of changes.upsert) rows.set(row.key, row);
  for (const key of [...changes.withdrawn, ...changes.expired]) rows.delete(key);
  for (const row of rows.values()) {
    if (row.expiresAt <= now) rows.delete(row.key);
    else if (row.notBefore <= now) rows.set(row.key, { ...row, state: 'sent' });
  }
  return rows;
}

/** Pair-years per second over `count` pairs, after a short warm-up. */
export function simulatePairYears(count: number): number {
  for (let index = 0; index < 50; index++) simulatePairYear(index);
  const started = process.hrtime.bigint();
  for (let index = 0; index < count; index++) simulatePairYear(index);
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  return count / seconds;
}
