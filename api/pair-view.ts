import type { z } from 'zod';
import { openContext } from '../policy/pair/documents.ts';
import { openPair } from '../policy/pair/state.ts';
import { planPair, viewPair } from '../policy/pair/view.ts';
import { currentRules } from '../policy/rules.ts';
import type { PlannedStep } from '../policy/step.ts';
import { type Instant, toRfc3339 } from '../policy/time.ts';
import type { Database } from '../prisma/database.ts';
import { readOpening } from '../prisma/store/documents.ts';
import type { PairRecord } from '../prisma/store/pairs.ts';
import { readLastSaid } from '../prisma/store/unfinished.ts';
import type { PairGateway } from './pair-gateway.ts';
import type { pairAnswer } from './schemas/pair.ts';

export type PairView = z.input<typeof pairAnswer>;

/** What a pair says of itself, and the headers that tell when not its workflow but what it last said was asked. */
export interface Told<T> {
  value: T;
  headers: Record<string, string>;
}

const fromProjection = { 'Tandem-Source': 'projection' };

interface Reading {
  database: Database;
  gateway: PairGateway;
}

/** The pair as of `now`, from its workflow; where that cannot tell, by the same function from what it last said (E5). */
export async function livePair(
  deps: Reading,
  pair: PairRecord,
  now: Instant,
  sensitive: boolean,
): Promise<Told<PairView>> {
  const live = await deps.gateway.view(pair.owner, now);
  if (live) return { value: assembled(pair, live, sensitive), headers: {} };
  const carried = pair.projection ?? (await opening(deps.database, pair.id));
  const view = carried ? viewPair(carried.state, now, carried.ctx) : {};
  return { value: assembled(pair, view, sensitive), headers: fromProjection };
}

/** What a pair last said of itself, as of `now`; nothing of one that has said nothing yet. */
export async function storedView(database: Database, owner: string, now: Instant): Promise<Record<string, unknown>> {
  const [said] = await readLastSaid(database, [owner]);
  return said ? viewPair(said.state, now, said.ctx) : {};
}

/** The pair as of `now`, from its row alone; one that has not said anything yet shows what it was made with. */
export function listedPair(pair: PairRecord, now: Instant, sensitive: boolean): PairView {
  const view = pair.projection ? viewPair(pair.projection.state, now, pair.projection.ctx) : {};
  return assembled(pair, view, sensitive);
}

/** The pair's steps until `until`, soonest first (V2). */
export async function livePlan(
  deps: Reading,
  pair: PairRecord,
  now: Instant,
  until: Instant,
): Promise<Told<PlannedStep[]>> {
  const live = await deps.gateway.plan(pair.owner, now, until);
  if (live) return { value: live, headers: {} };
  const carried = pair.projection ?? (await opening(deps.database, pair.id));
  return { value: carried ? planPair(carried.state, now, until, carried.ctx) : [], headers: fromProjection };
}

/** A pair that has not said anything yet, as its first run will begin. */
async function opening(database: Database, pairId: string) {
  // The lead moves when a message is decided, and nothing that a view or a plan shows.
  const read = await readOpening(database, pairId, { ahead: 0, spread: 0 });
  if (!read) return null;
  const ctx = openContext(read.documents, currentRules);
  return { state: openPair(ctx), ctx };
}

/** What the pair says of itself over what its row says, and with the cases that others opened. */
function assembled(pair: PairRecord, view: Record<string, unknown>, sensitive: boolean): PairView {
  const shown = ({ kind }: { kind: string }): boolean => sensitive || kind !== 'safety';
  const own = ((view.openCases ?? []) as PairView['openCases']).filter(shown);
  const others = pair.openCases
    .filter((item) => item.owner !== pair.owner && shown(item))
    .map(({ id, kind, since }) => ({ id, kind, since: toRfc3339(since) }));
  return {
    state: pair.state,
    policyVersion: pair.policyVersion,
    conversations: pair.conversations,
    meetings: pair.meetings,
    next: [],
    ...view,
    id: pair.id,
    programId: pair.programId,
    mentorId: pair.mentorId,
    menteeId: pair.menteeId,
    classId: pair.classId,
    coordinator: pair.coordinatorId,
    supervisor: pair.supervisorId,
    matchedAt: pair.matchedAt.toISOString(),
    openCases: [...own, ...others].sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : 0)),
  };
}
