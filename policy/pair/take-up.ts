import type { ClassCalendar } from '../calendar.ts';
import type { ReadPolicyStep } from '../step.ts';
import type { Instant } from '../time.ts';
import { type PairContext, policyNow } from './context.ts';
import { type PersonDocument, type PolicyDocument, withCalendar, withPerson, withPolicy } from './documents.ts';
import type { PairState, WantedDocuments } from './state.ts';

/** What a read of documents brought; absent is what was not asked for. */
export interface ReadDocuments {
  policy?: PolicyDocument;
  calendar?: ClassCalendar | null;
  people?: PersonDocument[];
}

interface Carried {
  state: PairState;
  ctx: PairContext;
}

/** Whether journal entries have named documents that are still to be read. */
export function wantsDocuments(state: PairState): boolean {
  return Object.keys(state.wanted).length > 0;
}

function noted(before: Carried, ctx: PairContext, now: Instant): PairState {
  const { version } = policyNow(ctx);
  if (version === policyNow(before.ctx).version) return before.state;
  return { ...before.state, readMarks: [...before.state.readMarks, { version, at: now }] };
}

/** The pair with the documents that its entries asked for; what was asked for meanwhile stays wanted. */
export function takeUpWanted(pair: Carried, asked: WantedDocuments, read: ReadDocuments, now: Instant): Carried {
  if (Object.keys(asked).length === 0) return pair;
  let { ctx } = pair;
  if (asked.policyVersion && read.policy) {
    const { applyNow, since } = asked.policyVersion;
    ctx = withPolicy(ctx, read.policy, { since, applyNow, wholly: applyNow }, now);
  }
  if (read.calendar !== undefined) ctx = withCalendar(ctx, read.calendar, asked.classId?.since);
  for (const person of read.people ?? []) ctx = withPerson(ctx, person, now);
  const wanted: WantedDocuments = {};
  for (const [name, value] of Object.entries(pair.state.wanted)) {
    if (JSON.stringify(value) !== JSON.stringify(asked[name as keyof WantedDocuments]))
      Object.assign(wanted, { [name]: value });
  }
  return { ctx, state: { ...noted(pair, ctx, now), wanted } };
}

/** The pair with the policy that is current as its class window opens (V7). */
export function takeUpPolicy(pair: Carried, step: ReadPolicyStep, read: ReadDocuments, now: Instant): Carried {
  if (!read.policy) return pair;
  const ctx = withPolicy(pair.ctx, read.policy, { since: step.since, applyNow: false, wholly: true }, now);
  return { ctx, state: noted(pair, ctx, now) };
}
