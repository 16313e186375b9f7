import type { EntryData, PairEvent } from '../../policy/event.ts';
import { idOf, type PairContext } from '../../policy/pair/context.ts';
import { compactPair, type Decision, decide, saidState } from '../../policy/pair/decide.ts';
import { openContext } from '../../policy/pair/documents.ts';
import { applyEvent, openPair, type PairState } from '../../policy/pair/state.ts';
import { type Partially, type Policy, type StaffIds, withDefaults } from '../../policy/program.ts';
import type { CaseStep, MessageStep } from '../../policy/step.ts';
import { DAY, type Instant, instantOf, localMinute } from '../../policy/time.ts';
import { documents, newYork } from './support.ts';

/** A pair without a class in which somebody worries, lived minute by minute. */

/** An instant of New York, where the program is. */
export function at(date: string, time: string): Instant {
  return instantOf(date, time, newYork);
}

interface Given {
  staff?: StaffIds;
  pairStaff?: StaffIds;
  policy?: Partially<Policy>;
}

const usualStaff: StaffIds = { operations: 'ops', coordinator: 'coord', supervisor: 'sup', safety: ['anna', 'ben'] };

/** A pair of a minor with a guardian, matched long before anything happens. */
export function worriedPair({ staff = usualStaff, pairStaff = {}, policy = {} }: Given = {}): PairContext {
  const document = withDefaults({ name: 'Example', zone: newYork, staff, policy });
  const matchedAt = at('2026-09-01', '12:00');
  const mentee = { id: 'mentee_1', leave: null, isMinor: true, guardianId: 'guardian_1' };
  const given = { calendar: null, matchedAt, mentee, staff: pairStaff, policy: { version: 1, document } };
  return openContext(documents(given), 1);
}

let entries = 0;

function entry(type: PairEvent['type'], receivedAt: Instant, data: EntryData, ref: string): PairEvent {
  return { seq: ++entries, ref, type, at: receivedAt, receivedAt, data };
}

/** Answers of a check-in with the mentee, unless told otherwise. */
export function checkIn(id: string, receivedAt: Instant, data: EntryData = {}): PairEvent {
  const answered = { respondent: 'mentee', mode: 'form', safetyConcern: false, ...data };
  return entry('checkin.recorded', receivedAt, answered, `${id}~s`);
}

export function concern(id: string, receivedAt: Instant, data: EntryData = {}): PairEvent {
  return checkIn(id, receivedAt, { safetyConcern: true, ...data });
}

export function discomfort(id: string, receivedAt: Instant, data: EntryData = {}): PairEvent {
  return checkIn(id, receivedAt, { discomfort: true, ...data });
}

/** The ids of the case that the pair opens for an event. */
export function caseOf(id: string): { caseId: string; caseKey: string; caseKind: string } {
  const caseKey = `pair_17/${id}~s/safety`;
  return { caseId: idOf('case', caseKey), caseKey, caseKind: 'safety' };
}

export function acknowledged(id: string, receivedAt: Instant, by = 'anna'): PairEvent {
  return entry('case.acknowledged', receivedAt, { ...caseOf(id), by }, `case.acknowledged:${id}`);
}

export function resolved(id: string, receivedAt: Instant): PairEvent {
  return entry('case.resolved', receivedAt, { ...caseOf(id), outcome: 'cleared', by: 'anna' }, `case.resolved:${id}`);
}

/** An entry about a case that has a row of its own. */
export function aboutRow(
  type: 'case.opened' | 'case.acknowledged' | 'case.resolved',
  caseId: string,
  receivedAt: Instant,
  data: EntryData = {},
): PairEvent {
  const about = { caseId, caseKey: null, caseKind: 'safety', ...data };
  return entry(type, receivedAt, about, `${type}:${caseId}:${receivedAt}`);
}

export function command(type: PairEvent['type'], receivedAt: Instant, data: EntryData): PairEvent {
  return entry(type, receivedAt, data, `${type}:${receivedAt}`);
}

export interface Lived {
  state: PairState;
  ctx: PairContext;
  log: Array<{ at: Instant; decision: Decision }>;
}

interface LifeOptions {
  ctx?: PairContext;
  /** The pair does not act in these spans, as while no worker runs. */
  down?: Array<[Instant, Instant]>;
  compacting?: boolean;
}

/** The pair with these events, each applied when it was accepted, up to `until`. */
export function live(events: PairEvent[], until: Instant, options: LifeOptions = {}): Lived {
  const { down = [], compacting = false, ctx = worriedPair() } = options;
  const pair: Lived = { state: openPair(ctx), ctx, log: [] };
  const upFrom = (now: Instant): Instant => down.find(([from, to]) => from <= now && now < to)?.[1] ?? now;
  let rest = [...events].sort((a, b) => a.receivedAt - b.receivedAt || a.seq - b.seq);
  let now = ctx.createdAt;
  for (;;) {
    const nextAt = settle(pair, now);
    if (compacting) pair.state = compactPair(pair.state, now, pair.ctx);
    const wake = Math.min(nextAt ?? Number.POSITIVE_INFINITY, rest[0]?.receivedAt ?? Number.POSITIVE_INFINITY);
    now = Math.max(now, upFrom(wake));
    if (now > until) return pair;
    for (let event = rest[0]; event && event.receivedAt <= now; event = rest[0]) {
      const { state, ctx: context } = applyEvent(pair.state, event, pair.ctx, now);
      Object.assign(pair, { state: { ...state, wanted: {} }, ctx: context });
      rest = rest.slice(1);
    }
  }
}

function settle(pair: Lived, now: Instant): Instant | null {
  for (let round = 0; round < 20; round++) {
    const decision = decide(pair.state, now, pair.ctx);
    if (decision.read) pair.ctx = { ...pair.ctx, policyReadAt: Math.max(now, decision.read.since) };
    else if (!decision.owed) return decision.nextAt;
    else {
      pair.log.push({ at: now, decision });
      pair.state = saidState(pair.state, decision, now, pair.ctx);
    }
  }
  throw new Error('what is said is owed again and again');
}

/** The messages that were said, each as it was first said. */
export function saidMessages({ log }: Pick<Lived, 'log'>): Array<MessageStep & { saidAt: Instant }> {
  const seen = new Map<string, MessageStep & { saidAt: Instant }>();
  for (const { at: saidAt, decision } of log) {
    for (const step of decision.fresh)
      if (step.kind === 'message' && !seen.has(step.key)) seen.set(step.key, { ...step, saidAt });
  }
  return [...seen.values()];
}

/** Who was called when, as `date time person`; mail and text go together. */
export function calls(lived: Pick<Lived, 'log'>): string[] {
  const messages = saidMessages(lived).filter(({ template }) => template === 'safety-alert');
  const line = ({ saidAt, personId }: { saidAt: Instant; personId: string }): string =>
    `${localMinute(saidAt, newYork).replace('T', ' ')} ${personId}`;
  const [mails, texts] = ['email', 'sms'].map((channel) =>
    messages.filter((step) => step.channel === channel).map(line),
  );
  if (JSON.stringify(mails) !== JSON.stringify(texts)) throw new Error('mail and text do not go together');
  return mails as string[];
}

/** The safety cases that stand at the end. */
export function casesAtEnd({ state, ctx, log }: Lived, now = log.at(-1)?.at ?? 0): CaseStep[] {
  return decide(state, now, ctx).cases.filter(({ caseKind }) => caseKind === 'safety');
}

/** Every line that a case of an event was ever given, once each. */
export function linesOf({ log }: Lived, id: string): string[] {
  const steps = log.flatMap(({ decision }) => decision.cases.filter(({ key }) => key === caseOf(id).caseKey));
  return [...new Set(steps.flatMap(({ lines }) => lines.map(({ code, ref }) => `${code}:${ref}`)))];
}

/** Long enough after an instant for everything that follows from it by itself. */
export function later(instant: Instant, days = 1): Instant {
  return instant + days * DAY;
}
