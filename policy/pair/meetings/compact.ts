import type { Hold } from '../../step.ts';
import { DAY, type Instant } from '../../time.ts';
import type { PairContext } from '../context.ts';
import { disputedVoices } from './contradictions.ts';
import {
  caseNames,
  type MeetingReport,
  type MeetingsState,
  promiseCaseKey,
  reportsKeptFor,
  takesBack,
} from './facts.ts';
import { settledRow, unsettledFrom } from './judgements.ts';
import { meetingCount, meetingsOf, voiceOf } from './meetings.ts';

/** What is forgotten between two runs: whole meetings that nothing can change any more; how many there were is kept. */
export function compactMeetings(state: MeetingsState, now: Instant, ctx: PairContext, holds: Hold[]): MeetingsState {
  const row = settledRow(state, now, ctx, holds);
  const from = now - reportsKeptFor;
  // A long grace lets a judgement look further back; reports of one meeting lie a day apart at most.
  const judgedFrom = unsettledFrom(row, now, ctx) ?? from;
  const gone = goneVoices(state, Math.min(from, judgedFrom - 4 * DAY), ctx);
  const reports = gone.size === 0 ? state.reports : state.reports.filter((report) => !gone.has(voiceOf(report)));
  const retracted = state.retracted.filter(
    (retraction) => retraction.receivedAt > from || reports.some((report) => takesBack(retraction, report)),
  );
  const next = { ...state, reports, retracted, row };
  const settled = meetingCount(state, ctx) - meetingCount({ ...next, settled: 0 }, ctx);
  return withoutResolved({ ...next, settled }, from, ctx);
}

/** The voices about meetings that are old, and old ones that were taken back; what is in dispute stays until it is settled. */
function goneVoices(state: MeetingsState, from: Instant, ctx: PairContext): Set<string> {
  const isOld = (report: MeetingReport): boolean => Math.max(report.at, report.receivedAt) <= from;
  const kept = new Set([
    ...state.reports.filter((report) => !isOld(report)).map(voiceOf),
    ...disputedVoices(state, ctx),
  ]);
  for (const { reports } of meetingsOf(state, ctx, 'all')) {
    const voices = reports.map(voiceOf);
    if (voices.some((voice) => kept.has(voice))) for (const voice of voices) kept.add(voice);
  }
  return new Set(state.reports.map(voiceOf).filter((voice) => !kept.has(voice)));
}

/** A resolution is kept as long as what it has settled is known. */
function withoutResolved(state: MeetingsState, from: Instant, ctx: PairContext): MeetingsState {
  const refs = new Set(state.reports.map(({ ref }) => `${ctx.pairId}/${ref}/${caseNames.contradiction}`));
  const known = refs.add(promiseCaseKey(state.row, ctx));
  return { ...state, resolved: state.resolved.filter(({ caseKey, at }) => at > from || known.has(caseKey)) };
}
