import type { Instant } from '../../time.ts';
import { idOf, type PairContext } from '../context.ts';
import type { Resolution, SurveyAnswer, SurveysState } from './facts.ts';

/**
 * Low ratings, gathered into interventions (S3): one is open at a time, a low rating that comes while it is open appends to
 * it, whoever opened it, and it lasts until staff end it or every rating that it rests on was taken back.
 */
export interface Intervention {
  /** Key of its case; null where staff opened it. */
  key: string | null;
  caseId: string;
  /** What the keys of its tasks and of its mail begin with. */
  prefix: string;
  since: Instant;
  /** Every low rating that came while it was open, in the order in which they came. */
  all: SurveyAnswer[];
  /** Those of them that were not taken back. */
  lows: SurveyAnswer[];
  endedAt: Instant | null;
  /** Staff ended it. */
  resolved: boolean;
}

/** What opens, changes or ends an intervention. */
type Happening = { at: Instant; ref: string } & (
  | { kind: 'opened'; caseId: string }
  | { kind: 'low'; answer: SurveyAnswer }
  | { kind: 'taken back'; target: string }
  | { kind: 'resolved'; resolution: Resolution }
);

/** Of what comes at one instant, what opens a case comes first and what ends it last. */
const ranks = { opened: 0, low: 1, 'taken back': 2, resolved: 3 };

function happeningsOf(state: SurveysState): Happening[] {
  const lows = state.answers.filter(({ low, acts }) => low && acts);
  // Nearly every pair has none.
  if (lows.length === 0 && state.staffCases.length === 0) return [];
  const happenings: Happening[] = [
    ...state.staffCases.map(({ ref, caseId, receivedAt: at }) => ({ kind: 'opened', at, ref, caseId }) as const),
    ...lows.map((answer) => ({ kind: 'low', at: answer.receivedAt, ref: answer.ref, answer }) as const),
    ...state.retracted
      .filter(({ late }) => !late)
      .map(({ ref, target, receivedAt: at }) => ({ kind: 'taken back', at, ref, target }) as const),
    ...state.resolutions.map(
      (resolution) => ({ kind: 'resolved', at: resolution.receivedAt, ref: resolution.ref, resolution }) as const,
    ),
  ];
  return happenings.sort((a, b) => a.at - b.at || ranks[a.kind] - ranks[b.kind] || (a.ref < b.ref ? -1 : 1));
}

/** Every intervention that is known of, oldest first; the last one may be open. */
export function interventionsOf(state: SurveysState, ctx: PairContext): Intervention[] {
  const interventions: Intervention[] = [];
  const takenBack = new Set<string>();
  let others: Opened[] = [];
  for (const happening of happeningsOf(state)) {
    const last = interventions.at(-1);
    if (happening.kind === 'taken back') takenBack.add(happening.target);
    if (happening.kind === 'low' && takenBack.has(happening.ref)) continue;
    if (last?.endedAt !== null) {
      if (happening.kind === 'opened') interventions.push(openedByStaff(happening, ctx));
      else if (happening.kind === 'low') interventions.push(openedBy(happening, ctx));
      continue;
    }
    if (happening.kind === 'opened') others.push(happening);
    if (happening.kind === 'resolved') others = others.filter(({ caseId }) => caseId !== happening.resolution.caseId);
    change(last, happening);
    // One that staff opened beside it goes on.
    if (last.endedAt !== null) interventions.push(...others.splice(0, 1).map((next) => openedByStaff(next, ctx)));
  }
  return interventions;
}

type Opened = Happening & { kind: 'opened' };

function openedByStaff({ caseId, at }: Opened, { pairId }: PairContext): Intervention {
  const about = { key: null, caseId, prefix: `${pairId}/${caseId}`, since: at };
  return { ...about, all: [], lows: [], endedAt: null, resolved: false };
}

function openedBy({ answer, at }: Happening & { kind: 'low' }, { pairId }: PairContext): Intervention {
  const prefix = `${pairId}/${answer.ref}`;
  const key = `${prefix}/intervention`;
  const about = { key, caseId: idOf('case', key), prefix, since: at };
  return { ...about, all: [answer], lows: [answer], endedAt: null, resolved: false };
}

function change(open: Intervention, happening: Happening): void {
  if (happening.kind === 'low') {
    open.all.push(happening.answer);
    open.lows.push(happening.answer);
  } else if (happening.kind === 'taken back') {
    open.lows = open.lows.filter(({ ref }) => ref !== happening.target);
    if (open.key !== null && open.lows.length === 0) open.endedAt = happening.at;
  } else if (happening.kind === 'resolved' && happening.resolution.caseId === open.caseId) {
    open.endedAt = happening.at;
    open.resolved = true;
  }
}
