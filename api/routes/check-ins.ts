import { z } from 'zod';
import { codedAnswer } from '../../policy/coded-answer.ts';
import { checkInState } from '../../policy/pair/check-ins/state-at.ts';
import { idOf } from '../../policy/pair/context.ts';
import { DAY, type Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import { type CheckInRow, listCheckIns, positionOf, readCheckIn } from '../../prisma/store/check-ins.ts';
import { contactRef } from '../../prisma/store/contacts.ts';
import { recordEntries } from '../../prisma/store/journal.ts';
import { lateArrivalDays } from '../../prisma/store/pairs.ts';
import { safetyKeywords } from '../../prisma/store/safety-keywords.ts';
import { takenEntry } from '../../prisma/store/taken-answers.ts';
import type { Clock } from '../../runtime/clock.ts';
import { cancelledWithin } from '../applied-within.ts';
import type { RequestKey } from '../authentication.ts';
import { digestOf } from '../digest.ts';
import { lateAfter, liesAhead } from '../event-entry.ts';
import { invalid, notFound } from '../problem.ts';
import type { Relay } from '../relay.ts';
import { requestIdentity } from '../request-identity.ts';
import { type Route, route } from '../route.ts';
import { checkInAnswer, checkInList, checkInRecorded, checkInRecordInput, checkInsQuery } from '../schemas/check-in.ts';
import { id, page } from '../schemas/common.ts';

export interface CheckInRouteDeps {
  database: Database;
  clock: Clock;
  /** Carries new journal entries to their workflows, and leaves room for taking them in. */
  relay: Pick<Relay, 'wake' | 'storing'>;
}

const tag = 'check-ins';
const params = z.strictObject({ id });
/** How long the caller waits for the pair to take up what was recorded. */
const waitSeconds = 2;

/** Check-ins: who is to be contacted when, and what became of it (K1, K3); and staff's own record of a contact. */
export function checkInRoutes(deps: CheckInRouteDeps): Route[] {
  return [listRoute(deps), getRoute(deps), recordRoute(deps)];
}

function listRoute({ database, clock }: CheckInRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/check-ins',
    operationId: 'listCheckIns',
    summary: 'List check-ins, soonest due first',
    description: '`due` gives those due on or before a day that nobody has made and nothing excuses.',
    tag,
    scope: 'read',
    query: checkInsQuery,
    responses: { 200: checkInList },
    async handler({ query, key }) {
      const { limit, cursor = null, ...filter } = query;
      const now = await clock.now();
      const reading = { programIds: key.programIds, now, after: cursor, limit: limit + 1 };
      const rows = await listCheckIns(database, filter, reading);
      return { status: 200, body: page(rows, limit, (row) => checkInItem(row, now), positionOf) };
    },
  });
}

function getRoute(deps: CheckInRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/check-ins/{id}',
    operationId: 'getCheckIn',
    summary: 'Read a check-in',
    tag,
    scope: 'read',
    params,
    responses: { 200: checkInAnswer },
    async handler({ params, key }) {
      const row = await requireCheckIn(deps.database, params.id, key);
      return { status: 200, body: checkInItem(row, await deps.clock.now()) };
    },
  });
}

function recordRoute(deps: CheckInRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/check-ins/{id}:record',
    operationId: 'recordCheckIn',
    summary: 'Record a contact with the respondent of a check-in',
    description:
      'Counts as a `checkin.recorded` of the platform does: for the check-in in whose window it occurred. 200 once its pair ' +
      'has taken it up, 202 if the pair does not answer at present. Its `contactId` is what `support.recorded` names.',
    tag,
    scope: 'command',
    idempotent: true,
    params,
    body: checkInRecordInput,
    responses: { 200: checkInRecorded, 202: checkInRecorded },
    async handler({ params, body, key, idempotencyKey }) {
      const row = await requireCheckIn(deps.database, params.id, key);
      const asked = requestIdentity({ key, idempotencyKey, body });
      const { contactId, seq } = await record(deps, row, body, asked);
      const applied = (await cancelledWithin(deps.database, seq, waitSeconds)) !== null;
      const current = await requireCheckIn(deps.database, params.id, key);
      const checkIn = checkInItem(current, await deps.clock.now());
      const state = applied ? 'applied' : 'accepted';
      return { status: applied ? 200 : 202, body: { id: params.id, state, contactId, checkIn } } as const;
    },
  });
}

type Recording = z.output<typeof checkInRecordInput>;

/**
 * Puts the contact on the journal, as an event of the platform is put there.
 * @param asked what tells this request from others; the same once more is one contact
 * @throws {Problem} 422 for a time ahead, another respondent, or a contact to take back that there is not
 */
async function record({ database, clock, relay }: CheckInRouteDeps, row: CheckInRow, body: Recording, asked: string) {
  const { pairId } = row;
  const now = await clock.now();
  const { at = now, ...given } = body;
  refuse(row, body, now);
  const [keywords, lateDays, retracts] = await Promise.all([
    safetyKeywords(database, [pairId]),
    lateArrivalDays(database, [pairId]),
    given.retracts === undefined ? undefined : contactRef(database, pairId, given.retracts),
  ]);
  if (retracts === null) throw invalid([{ pointer: '/retracts', detail: 'The pair has no contact with this id' }]);
  const data = { ...given, respondent: row.record.respondent, retracts };
  const entry = takenEntry({
    pairId,
    by: 'staff',
    key: idOf('rec', asked),
    digest: digestOf(data),
    occurredAt: at,
    receivedAt: now,
    history: now - at > Math.max(lateAfter, (lateDays.get(pairId) ?? 7) * DAY),
    answer: codedAnswer('checkin.recorded', data, keywords.get(pairId) ?? 'standard'),
  });
  const [recorded] = await relay.storing(1, () => recordEntries(database, [entry], null));
  if (recorded?.outcome === 'recorded') relay.wake({ urgent: entry.urgent });
  return { contactId: entry.ref, seq: recorded?.seq as number };
}

function refuse({ record: { respondent } }: CheckInRow, body: Recording, now: Instant): void {
  if (body.respondent !== undefined && body.respondent !== respondent) {
    throw invalid([{ pointer: '/respondent', detail: `This is the check-in of the ${respondent}: leave it out` }]);
  }
  if (body.at !== undefined && liesAhead(body.at, now)) {
    throw invalid([{ pointer: '/at', detail: 'Lies in the future: record a contact once it was made' }]);
  }
}

/** @throws {Problem} 404 */
async function requireCheckIn(database: Database, checkInId: string, key: RequestKey): Promise<CheckInRow> {
  const row = await readCheckIn(database, checkInId, key.programIds);
  if (!row) throw notFound('There is no check-in with this id');
  return row;
}

function checkInItem({ pairId, personId, record }: CheckInRow, now: Instant): z.input<typeof checkInAnswer> {
  const { id, respondent, dueOn, opensOn, closesOn, contact, live } = record;
  const state = checkInState(record, now);
  const satisfiedBy = contact?.id ?? null;
  return { id, pairId, respondent, personId, dueOn, opensOn, closesOn, state, satisfiedBy, live };
}
