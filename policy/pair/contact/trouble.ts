import { eventIdOf } from '../../event.ts';
import { staffMail, staffMailFor } from '../../staff-mail.ts';
import type { CaseStep, MessageStep, PlannedStep, Step } from '../../step.ts';
import { earliestAfter, type Instant } from '../../time.ts';
import { effectsNamedFor } from '../case-outcomes.ts';
import { decideAt, idOf, type PairContext, policyNow, staffOf } from '../context.ts';
import { contactPerson } from './contact-person.ts';
import { type Episode, episodesOf, isEnding, isOpenAt, recheckAt } from './episodes.ts';
import type { ContactState, TroubleReport } from './facts.ts';
import { answerFor, answerTo, receivedNotice } from './reports.ts';

/** "I can't get in touch" as long as the match lasts: its case, and what is said about it (T3, T4, T8). */

/** How an episode that nobody has to end is over; null while it is open, or where others ended it. */
function outcomeAt(
  { reports, closesAt, endedAt }: Episode,
  now: Instant,
): { at: Instant; as: 'moot' | 'resolved' } | null {
  const last = reports[reports.length - 1] as TroubleReport;
  if (reports.some(isEnding)) return { at: last.receivedAt, as: 'moot' };
  if (endedAt !== null || closesAt === null || now < closesAt) return null;
  return { at: closesAt, as: 'resolved' };
}

/** Whether its case is still to be named at `now`: while it is open, and for a while after it ended by itself. */
function isNamed(episode: Episode, now: Instant): boolean {
  const outcome = outcomeAt(episode, now);
  return outcome === null ? isOpenAt(episode, now) : now < outcome.at + effectsNamedFor;
}

function caseOf(episode: Episode, now: Instant, ctx: PairContext): CaseStep {
  const { key, reports, decisive, since } = episode;
  const outcome = outcomeAt(episode, now)?.as;
  return {
    kind: 'case',
    key,
    caseKind: 'trouble',
    personId: decisive.partyId,
    assignee: contactPerson(ctx)?.personId ?? null,
    supervisor: staffOf(ctx, 'supervisor'),
    reason: decisive.option,
    openedAt: since,
    facts: reports.map(({ ref }) => ref),
    details: { option: decisive.option },
    lines: reports.slice(1).map(({ option, ref }) => ({ code: option, ref: eventIdOf(ref) })),
    ...(outcome && { outcome }),
  };
}

/** The cases that stand at `now`, and what is said about them. */
export function dueTrouble(state: ContactState, now: Instant, ctx: PairContext): Step[] {
  if (!policyNow(ctx).policy.contact) return [];
  return episodesOf(state, ctx).flatMap((episode): Step[] => {
    if (!isNamed(episode, now)) return [];
    return [caseOf(episode, now, ctx), ...messagesOf(episode, now, ctx)];
  });
}

/** Once the match has ended, participants hear of nothing but its end. */
function messagesOf(episode: Episode, now: Instant, ctx: PairContext): MessageStep[] {
  if (!isOpenAt(episode, now)) return [];
  const { decisive, reports } = episode;
  if (decisive.option === 'how_to_reach_out') return reports.flatMap((report) => helpFor(report, episode, now, ctx));
  const talks = reports.filter(({ option }) => option === 'talk_to_someone');
  const [first] = talks;
  if (!first) return [];
  const because = (report: TroubleReport) => ({ rule: 'T4', facts: [report.ref] });
  const notices = ctx.closed ? [] : talks.filter(({ receivedAt }) => now < receivedAt + answerFor);
  return [
    ...staffMailOf(episode, first, now, ctx),
    ...notices.map((report) => receivedNotice(report, because(report), ctx)),
  ];
}

/** One mail for each case: what comes later is a line in it. */
function staffMailOf({ key }: Episode, talk: TroubleReport, now: Instant, ctx: PairContext): MessageStep[] {
  const reader = contactPerson(ctx);
  if (!reader || now >= talk.receivedAt + staffMailFor) return [];
  const about = { mentorId: ctx.mentorId, menteeId: ctx.menteeId, personId: talk.reporterId, option: talk.option };
  const fields = { ...about, since: talk.receivedAt, caseKey: key };
  return [staffMail(`${key}-case`, reader, 'trouble-case', talk.receivedAt, fields, { rule: 'T4', facts: [talk.ref] })];
}

/** Whether no later report of the same person takes its place. */
function isLatest(report: TroubleReport, { reports }: Episode): boolean {
  return reports.findLast(({ reporterId }) => reporterId === report.reporterId) === report;
}

/** Help for the one who cannot reach the other, at once (T3). */
function helpOf(report: TroubleReport, ctx: PairContext): MessageStep {
  return answerTo(report, 'how-to-reach-out', {}, { rule: 'T3', facts: [report.ref] }, ctx);
}

/** The question how it went, some days later (T3). */
function recheckFor(report: TroubleReport, ctx: PairContext): MessageStep {
  const help = helpOf(report, ctx);
  const slot = recheckAt(report, ctx);
  const renamed = (key: string): string => key.replace('/how-to-reach-out/', '/how-to-recheck/');
  return {
    ...help,
    key: renamed(help.key),
    stepKey: renamed(help.stepKey),
    variant: 'recheck',
    planned: true,
    slot,
    expiresAt: slot + answerFor,
    heldBy: ['all'],
  };
}

function helpFor(report: TroubleReport, episode: Episode, now: Instant, ctx: PairContext): MessageStep[] {
  const help = helpOf(report, ctx);
  const recheck = recheckFor(report, ctx);
  const isAsked = isLatest(report, episode) && now >= decideAt(recheck.slot, ctx) && now < recheck.expiresAt;
  return [...(now < help.expiresAt ? [help] : []), ...(isAsked ? [recheck] : [])];
}

/** Every later instant at which something of it is said, or ends by itself. */
export function nextTroubleAt(state: ContactState, now: Instant, ctx: PairContext): Instant | null {
  const instants = episodesOf(state, ctx).flatMap((episode) => {
    const outcome = outcomeAt(episode, now);
    const forgotten = outcome === null ? [] : [outcome.at + effectsNamedFor];
    if (!isOpenAt(episode, now) || episode.closesAt === null) return forgotten;
    return [episode.closesAt, ...episode.reports.map((report) => decideAt(recheckAt(report, ctx), ctx))];
  });
  return earliestAfter(now, instants);
}

/** Its open cases, as the pair shows them. */
export function openTroubles(
  state: ContactState,
  now: Instant,
  ctx: PairContext,
): Array<{ id: string; kind: string; since: Instant }> {
  if (!policyNow(ctx).policy.contact) return [];
  return episodesOf(state, ctx)
    .filter((episode) => outcomeAt(episode, now) === null && isOpenAt(episode, now))
    .map(({ key, since }) => ({ id: idOf('case', key), kind: 'trouble', since }));
}

/** The questions of how it went, if nothing more is reported. */
export function plannedRechecks(state: ContactState, now: Instant, until: Instant, ctx: PairContext): PlannedStep[] {
  if (!policyNow(ctx).policy.contact || ctx.closed) return [];
  const open = episodesOf(state, ctx).filter(
    (episode) => isOpenAt(episode, now) && episode.decisive.option === 'how_to_reach_out',
  );
  return open.flatMap((episode) =>
    episode.reports
      .filter((report) => isLatest(report, episode))
      .map((report) => recheckFor(report, ctx))
      .filter(({ slot }) => slot > now && slot <= until)
      .map(({ key, slot, template, channel, personId, variant }) => ({
        ...{ key, at: slot, template, channel, to: personId, variant },
        unless: 'another report, or the case is resolved before then',
      })),
  );
}
