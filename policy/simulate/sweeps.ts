import { isPaused } from '../pair/state.ts';
import { staffMail } from '../staff-mail.ts';
import type { MessageStep, SweepStep } from '../step.ts';
import type { Instant } from '../time.ts';
import { type Enrolled, withdrawAsked } from './enrolled.ts';
import { noteTo } from './journal.ts';
import { type SimulatedPair, sayContextOf, type World } from './world.ts';

/** What a program does to many people at once: the part that statements over sets play in the live system. */

type Sweep = (world: World, sweep: SweepStep, now: Instant) => void;

const sweeps: Record<string, Sweep> = {
  'cohort-offer': offer,
  'cohort-reminder': remind,
  'cohort-end': endCohort,
  inactivity: lookForSilence,
};

/** @throws {Error} for a sweep that this version does not know */
export function carryOutSweeps(world: World, steps: SweepStep[], now: Instant): void {
  withdrawOtherGroups(world, steps);
  for (const step of steps) {
    const sweep = sweeps[step.name];
    if (!sweep) throw new Error(`A simulation knows no sweep ${step.name}`);
    if (world.swept.has(step.key)) continue;
    world.swept.add(step.key);
    sweep(world, step, now);
  }
}

function ownerOf({ programId }: World, group: string, key: string): string {
  return `sweep:${programId}:${group}:${key}`;
}

function withdrawOtherGroups(world: World, steps: SweepStep[]): void {
  const standing = steps.map(({ group }) => ownerOf(world, group, ''));
  for (const personId of world.enrolled.keys()) {
    const own = world.ledger.waitingFor(personId).filter(({ owner }) => owner.startsWith('sweep:'));
    for (const row of own.filter(({ owner }) => !standing.some((prefix) => owner.startsWith(prefix)))) {
      world.ledger.skip(row.key, 'withdrawn');
      world.touched.people.add(personId);
    }
  }
}

function takingPart(world: World): Array<[string, Enrolled]> {
  return [...world.enrolled].filter(([id, { state }]) => state === 'active' && !world.people.get(id)?.removed);
}

/** Each message has an owner of its own, so that one says nothing of another. */
function tell(world: World, sweep: SweepStep, message: MessageStep, now: Instant): void {
  const say = sayContextOf(world, ownerOf(world, sweep.group, message.key), []);
  for (const personId of world.ledger.say([message], now, say)) world.touched.people.add(personId);
}

interface Told {
  stepKey: string;
  template: string;
  variant: string | null;
  expiresAt: Instant;
  fields: Record<string, unknown>;
  rule: string;
}

function ask(world: World, sweep: SweepStep, [personId, { role }]: [string, Enrolled], told: Told, now: Instant): void {
  const { rule, stepKey, ...words } = told;
  const key = `${stepKey}/${personId}`;
  const about = { key, stepKey: key, personId, role, channel: 'email', planned: true, slot: sweep.at } as const;
  tell(world, sweep, { kind: 'message', ...about, ...words, heldBy: [], because: { rule, facts: [] } }, now);
}

function cohortMessage(sweep: SweepStep, variant: string | null): Told {
  const { endsOn, endsAt } = sweep.parameters as { endsOn: string; endsAt: Instant };
  const words = { template: 'cohort-opt-out', variant, expiresAt: endsAt, fields: { endsOn } };
  return { stepKey: sweep.key, ...words, rule: 'S9' };
}

function offer(world: World, sweep: SweepStep, now: Instant): void {
  for (const [id, person] of takingPart(world)) {
    if (person.answeredAt !== null || person.joinedAt > sweep.at) continue;
    person.offeredAt = sweep.at;
    ask(world, sweep, [id, person], cohortMessage(sweep, null), now);
  }
}

function remind(world: World, sweep: SweepStep, now: Instant): void {
  const { offeredBy } = sweep.parameters as { offeredBy: Instant };
  for (const [id, person] of takingPart(world)) {
    if (person.offeredAt === null || person.offeredAt > offeredBy || person.answeredAt !== null) continue;
    ask(world, sweep, [id, person], cohortMessage(sweep, 'reminder'), now);
  }
}

function endCohort(world: World, sweep: SweepStep, now: Instant): void {
  const { endsOn } = sweep.parameters as { endsOn: string };
  for (const pair of world.pairs.values()) {
    if (pair.ctx.closed || pair.ctx.matchedAt >= sweep.at) continue;
    const ref = `pair.closed:cohort:${endsOn}:${pair.id}`;
    noteTo(world, pair, { type: 'pair.closed', ref, data: { reason: 'cohort_ended' } }, now);
  }
  for (const person of world.enrolled.values()) {
    if (person.offeredAt === null) continue;
    if (person.state === 'active' && person.answeredAt === null) person.state = 'unconfirmed';
    Object.assign(person, { offeredAt: null, answeredAt: null });
  }
}

interface Silence {
  date: string;
  since: Instant;
  quietSince: Instant;
  noticedBy: Instant;
  marksAt: Instant;
  answerBy: string;
  coordinator: string | null;
}

function lookForSilence(world: World, sweep: SweepStep, now: Instant): void {
  const given = sweep.parameters as unknown as Silence;
  for (const [id, person] of world.enrolled) if (person.notice) clear(world, id, person, sweep.at);
  for (const [id, { notice }] of world.enrolled) {
    if (notice && notice.markedAt === null && notice.at <= given.noticedBy) mark(world, sweep, id, given, now);
  }
  for (const [id, person] of takingPart(world)) {
    const heardAt = Math.max(person.heardAt, person.joinedAt, given.since);
    if (person.notice || heardAt > given.quietSince || !isThere(world, id, given.quietSince)) continue;
    if (isExcused(world, id, given.quietSince, now)) continue;
    person.notice = { at: sweep.at, quietSince: given.quietSince, markedAt: null };
    const words = { template: 'inactivity-notice', variant: null, fields: { answerBy: given.answerBy } };
    const stepKey = `${world.programId}/${given.date}/inactivity-notice`;
    ask(world, sweep, [id, person], { stepKey, ...words, expiresAt: given.marksAt, rule: 'S8' }, now);
  }
}

/** Whether somebody is neither away nor was until lately. */
function isThere(world: World, id: string, since: Instant): boolean {
  const person = world.people.get(id);
  if (!person) return false;
  const back = person.leave !== null && person.leave.until !== null && person.leave.until <= since;
  return person.available || (back && !person.notToBeMatched);
}

function pairsOf(world: World, id: string): SimulatedPair[] {
  return [...world.pairs.values()].filter(({ ctx }) => ctx.mentorId === id || ctx.menteeId === id);
}

/** Whether a new pair, a pause or an open safety case accounts for somebody's silence. */
function isExcused(world: World, id: string, since: Instant, now: Instant): boolean {
  const held = world.cases.heldPairs();
  return pairsOf(world, id).some(({ id: pairId, ctx }) => {
    if (ctx.createdAt > since || held.has(pairId)) return true;
    return !ctx.closed && (isPaused(ctx, now) || ctx.pauses.some(({ until }) => until === null || until > since));
  });
}

function taskKey(world: World, date: string, id: string): string {
  return `${world.programId}/${date}/inactive/${id}`;
}

function clear(world: World, id: string, person: Enrolled, now: Instant): void {
  const { at, quietSince, markedAt } = person.notice as NonNullable<Enrolled['notice']>;
  const heard = person.heardAt > quietSince;
  const gone = person.state !== 'active' || world.people.get(id)?.removed === true;
  const available = isThere(world, id, at);
  const excused = markedAt === null && isExcused(world, id, at, now);
  if (!heard && !gone && !excused && available !== (markedAt !== null)) return;
  person.notice = null;
  withdrawAsked(world, id, ['inactivity-notice']);
  for (const item of world.cases.open()) {
    if (item.reason === 'confirm_removal' && item.personId === id)
      world.cases.put({ ...item, state: 'withdrawn', endedAt: now });
  }
  const known = world.people.get(id);
  if (known && heard && !gone && markedAt !== null) world.people.set(id, { ...known, available: true });
}

function mark(world: World, sweep: SweepStep, id: string, { date, coordinator }: Silence, now: Instant): void {
  const person = world.people.get(id);
  const enrolled = world.enrolled.get(id);
  if (!person || !enrolled?.notice) return;
  world.people.set(id, { ...person, available: false, leave: null });
  enrolled.notice.markedAt = sweep.at;
  const key = taskKey(world, date, id);
  world.cases.put({
    ...{ key, owner: ownerOf(world, sweep.group, key), kind: 'task', pairId: null, personId: id, state: 'open' },
    ...{ reason: 'confirm_removal', assignee: coordinator, supervisor: null, outcome: null, openedAt: sweep.at },
    ...{ endedAt: null, details: {}, lines: [] },
  });
  if (coordinator === null || coordinator === id) return;
  const fields = { reason: 'confirm_removal', subject: id };
  const reader = { role: 'coordinator', personId: coordinator } as const;
  tell(world, sweep, staffMail(key, reader, 'task', sweep.at, fields, { rule: 'S8', facts: [] }), now);
}
