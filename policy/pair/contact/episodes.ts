import type { Hold } from '../../step.ts';
import { DAY, earliest, type Instant } from '../../time.ts';
import type { TroubleOption } from '../../trouble-options.ts';
import { type PairContext, policyNow } from '../context.ts';
import { type ContactState, isRetracted, reportPrefix, type TroubleReport } from './facts.ts';
import { slotAfter } from './ongoing.ts';

/**
 * The reports of trouble, gathered into cases (T8): one is open at a time, what comes while it is open attaches to it, and
 * the strongest option decides.
 */
export interface Episode {
  /** Key of its case. */
  key: string;
  /** In the order in which they came; never empty. */
  reports: TroubleReport[];
  /** The strongest option that was reported, by the first who did. */
  decisive: TroubleReport;
  since: Instant;
  /** When staff, or the end of the match, ended it; null while neither has. */
  endedAt: Instant | null;
  /** When nothing more was heard of it after the recheck (T8); null where that does not end it. */
  closesAt: Instant | null;
}

const strength: Record<TroubleOption, number> = {
  how_to_reach_out: 0,
  talk_to_someone: 1,
  rematch_me: 2,
  // Whoever asks for both does not want to be matched again.
  unmatch_no_rematch: 3,
  remove_me: 4,
};

/** Whether an option ends the match (T5, T6, T7). */
export function isEnding({ option }: Pick<TroubleReport, 'option'>): boolean {
  return strength[option] >= strength.rematch_me;
}

/** Of two reports the stronger, of equal ones the first. */
export function stronger(a: TroubleReport, b: TroubleReport): TroubleReport {
  return strength[b.option] > strength[a.option] ? b : a;
}

/** After the recheck nothing heard for so long closes the case. */
const quietAfterRecheck = 7 * DAY;

/** When somebody who was told how to reach out is asked again (T3). */
export function recheckAt({ receivedAt, recheckDays }: TroubleReport, ctx: PairContext): Instant {
  return slotAfter(receivedAt, recheckDays, ctx);
}

/** Every episode, oldest first. */
export function episodesOf(state: ContactState, ctx: PairContext): Episode[] {
  const episodes: Episode[] = [];
  for (const report of state.troubles) {
    if (isRetracted(state, report)) continue;
    const last = episodes[episodes.length - 1];
    if (last && attaches(report, last, ctx)) episodes[episodes.length - 1] = withReport(last, report, state, ctx);
    else if (!comesTooLate(report, ctx)) episodes.push(opened(report, state, ctx));
  }
  return episodes;
}

function isAfterEnd({ receivedAt }: TroubleReport, { closed }: PairContext): boolean {
  return closed !== null && receivedAt > closed.at;
}

/** Nobody is told how to reach somebody whose match has ended. */
function comesTooLate(report: TroubleReport, ctx: PairContext): boolean {
  return report.option === 'how_to_reach_out' && isAfterEnd(report, ctx);
}

/** The end of the match ends no episode for reports that act beyond it; whoever wants to talk then begins a new one. */
function attaches(report: TroubleReport, episode: Episode, ctx: PairContext): boolean {
  const { closesAt, endedAt, since } = episode;
  if (closesAt !== null && report.receivedAt >= closesAt) return false;
  if (endedAt === null || report.receivedAt < endedAt) return true;
  if (ctx.closed === null || since > ctx.closed.at || endedAt !== ctx.closed.at) return false;
  return !isAfterEnd(report, ctx) || report.option !== 'talk_to_someone';
}

function opened(report: TroubleReport, state: ContactState, ctx: PairContext): Episode {
  const key = `${reportPrefix(report.ref, ctx)}/trouble`;
  return ended({ key, reports: [report], decisive: report, since: report.receivedAt }, state, ctx);
}

function withReport(before: Episode, report: TroubleReport, state: ContactState, ctx: PairContext): Episode {
  const { key, since } = before;
  const reports = [...before.reports, report];
  return ended({ key, reports, decisive: stronger(before.decisive, report), since }, state, ctx);
}

type Begun = Pick<Episode, 'key' | 'reports' | 'decisive' | 'since'>;

function ended(begun: Begun, state: ContactState, ctx: PairContext): Episode {
  const { key, reports, decisive, since } = begun;
  const resolved = state.resolutions.find(({ caseKey, receivedAt }) => caseKey === key && receivedAt >= since);
  const closed = ctx.closed && ctx.closed.at >= since ? ctx.closed.at : null;
  const ending = reports.find(isEnding)?.receivedAt ?? null;
  const quiet = decisive.option === 'how_to_reach_out';
  const rechecks = reports.map((report) => recheckAt(report, ctx));
  return {
    ...begun,
    endedAt: earliest([resolved?.receivedAt ?? null, closed, ending]),
    closesAt: quiet ? Math.max(...rechecks) + quietAfterRecheck : null,
  };
}

/** When an episode ends, or has ended, without anybody doing more; null while only staff can end it. */
export function episodeEnd({ endedAt, closesAt }: Episode): Instant | null {
  return earliest([endedAt, closesAt]);
}

/** Whether staff still have it before them at `now`. */
export function isOpenAt(episode: Episode, now: Instant): boolean {
  const end = episodeEnd(episode);
  return end === null || now < end;
}

/** While a case is open, what is automated keeps silent (T8). */
export function troubleHolds(state: ContactState, ctx: PairContext): Hold[] {
  const { policy, since: policySince } = policyNow(ctx);
  const spans = episodesOf(state, ctx).map((episode) => {
    const end = episodeEnd(episode) ?? Number.POSITIVE_INFINITY;
    const until = policy.contact ? end : Math.min(end, Math.max(episode.since, policySince));
    return { from: episode.since, until: until === Number.POSITIVE_INFINITY ? null : until };
  });
  return [...state.pastHolds, ...spans].map((span): Hold => ({ kind: 'automated', ...span }));
}
