import {
  answersTake,
  askingTemplates,
  type Days,
  lastPeriodDays,
  paceOn,
  periodsBefore,
  reviewedDays,
  reviewOn,
  type SentimentCount,
  type SentimentInProgram,
} from '../program/sentiment.ts';
import type { Instant } from '../time.ts';
import type { SimulatedRecord } from './records.ts';
import type { SimulatedPair, World } from './world.ts';

/** How the program of a simulation feels at `now`: the counts that the live system reads from its database. */
export function sentimentIn(world: World, now: Instant): SentimentInProgram {
  const { document } = world.policy;
  const records = world.records.all();
  const surveys = records.filter(({ kind }) => kind === 'survey');
  const firstOn = surveys.reduce<string | null>(
    (first, { day }) => (first === null || day < first ? day : first),
    null,
  );
  const reviewed = reviewOn(now, firstOn, document);
  const days = document.policy.sentiment?.reviewDays ?? 0;
  const judged = paceOn(now, document);
  return {
    firstOn,
    review: reviewed === null ? null : { on: reviewed, ...countsOf(surveys, reviewedDays(reviewed, days)) },
    pace: judged === null ? null : { on: judged, ...paceOf(world, records, judged) },
    tasks: tasksOf(world),
  };
}

function countsOf(surveys: SimulatedRecord[], { lately, before }: { lately: Days; before: Days }) {
  return { lately: countIn(surveys, lately), before: countIn(surveys, before) };
}

function countIn(surveys: SimulatedRecord[], { from, to }: Days): SentimentCount {
  const counted = surveys.filter(({ day }) => day >= from && day < to);
  const shares = counted.map(({ data }) => Number(data.score) / Number(data.scale));
  const mean = shares.length > 0 ? shares.reduce((sum, share) => sum + share, 0) / shares.length : null;
  return { responses: counted.length, mean, low: counted.filter(({ data }) => data.low).length };
}

function paceOf(world: World, records: SimulatedRecord[], on: string) {
  const answers = records.flatMap(answeredAt);
  const asking = world.ledger.all().filter(({ template }) => asks(template));
  const periods = periodsBefore(on, world.policy.document.zone).map((period) => ({
    responses: answers.filter((at) => isIn(period, at)).length,
    asked: asking.filter(({ sentAt }) => isIn(period, sentAt === null ? null : sentAt + answersTake)).length,
    activePairs: [...world.pairs.values()].reduce((sum, pair) => sum + activeShare(pair, period), 0),
  }));
  const { from, to } = lastPeriodDays(on);
  const classes = [...world.calendars.values()];
  const isHeld = ({ date, state }: { date: string; state: string }) => state === 'held' && date >= from && date < to;
  return { periods, classHeld: classes.length === 0 || classes.some(({ sessions }) => sessions.some(isHeld)) };
}

const asks = (template: string): boolean => (askingTemplates as readonly string[]).includes(template);

const isIn = ({ from, to }: { from: Instant; to: Instant }, at: Instant | null): boolean =>
  at !== null && at >= from && at < to;

function answeredAt({ kind, data }: SimulatedRecord): Instant[] {
  if (kind === 'survey') return [Number(data.at)];
  const contact = kind === 'check-in' ? (data.contact as { at: Instant } | null) : null;
  return contact ? [contact.at] : [];
}

/** For which share of a period a pair was neither paused nor over. */
function activeShare({ ctx }: SimulatedPair, period: { from: Instant; to: Instant }): number {
  const from = Math.max(period.from, ctx.matchedAt);
  const to = Math.min(period.to, ctx.closed?.at ?? period.to);
  const paused = ctx.pauses.map((pause) => Math.min(to, pause.until ?? to) - Math.max(from, pause.from));
  const lasted = Math.max(0, to - from) - paused.reduce((sum, span) => sum + Math.max(0, span), 0);
  return lasted / (period.to - period.from);
}

function tasksOf({ cases, programOwner }: World): SentimentInProgram['tasks'] {
  const reasons = ['sentiment_review', 'sentiment_slow'];
  const open = cases.open().filter(({ owner, reason }) => owner === programOwner && reasons.includes(reason));
  return open.map(({ key }) => key);
}
