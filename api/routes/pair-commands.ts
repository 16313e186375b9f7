import { randomBytes } from 'node:crypto';
import type { CommandName, EntryData, PairEvent } from '../../policy/event.ts';
import { readCommand, recordCommand } from '../../prisma/store/journal.ts';
import { markRefused } from '../../prisma/store/journal-leases.ts';
import { changePair } from '../../prisma/store/pair-changes.ts';
import type { PairRecord } from '../../prisma/store/pairs.ts';
import { digestOf } from '../digest.ts';
import type { CommandResult, PairCommand } from '../pair-gateway.ts';
import { livePair } from '../pair-view.ts';
import { conflict, invalid, notFound, type Problem } from '../problem.ts';
import { type RepeatableRequest, requestIdentity } from '../request-identity.ts';
import { type Route, route } from '../route.ts';
import {
  closeInput,
  commandAsked,
  pairAnswer,
  pairChange,
  pairParams,
  pauseInput,
  resumeInput,
  resumeRemindersInput,
} from '../schemas/pair.ts';
import { type PairRouteDeps, requirePair } from './pairs.ts';

const tag = 'pairs';
const responses = { 200: pairAnswer, 202: commandAsked };
/** The relay leaves a command alone for so long, while its caller waits for the pair. */
const leaseSeconds = 10;

/** What staff ask of a pair. Each command is on the journal before its pair is asked, and is asked until it is answered. */
export function pairCommandRoutes(deps: PairRouteDeps): Route[] {
  return [pauseRoute(deps), resumeRoute(deps), closeRoute(deps), resumeRemindersRoute(deps), changeRoute(deps)];
}

function pauseRoute(deps: PairRouteDeps): Route {
  return route({
    ...described('pausePair', ':pause', 'Pause a pair, with or without an end'),
    body: pauseInput,
    async handler({ params, body, key, idempotencyKey }) {
      const { until = null, ...data } = body;
      const request = { key, idempotencyKey, body };
      return carriedOut(deps, request, params.id, { name: 'pausePair', type: 'pair.paused', data: { ...data, until } });
    },
  });
}

function resumeRoute(deps: PairRouteDeps): Route {
  return route({
    ...described('resumePair', ':resume', 'End the pause of a pair'),
    body: resumeInput,
    async handler({ params, body, key, idempotencyKey }) {
      const request = { key, idempotencyKey, body };
      return carriedOut(deps, request, params.id, { name: 'resumePair', type: 'pair.resumed', data: { ...body } });
    },
  });
}

function closeRoute(deps: PairRouteDeps): Route {
  return route({
    ...described('closePair', ':close', 'Close a pair: everything planned is withdrawn'),
    body: closeInput,
    async handler({ params, body, key, idempotencyKey }) {
      const request = { key, idempotencyKey, body };
      return carriedOut(deps, request, params.id, { name: 'closePair', type: 'pair.closed', data: { ...body } });
    },
  });
}

function resumeRemindersRoute(deps: PairRouteDeps): Route {
  return route({
    ...described('resumeReminders', ':resumeReminders', 'Let the reminders that an escalation paused go on (W9)'),
    body: resumeRemindersInput,
    async handler({ params, body, key, idempotencyKey }) {
      return carriedOut(deps, { key, idempotencyKey, body }, params.id, {
        name: 'resumeReminders',
        type: 'reminders.resumed',
        data: { ...body },
      });
    },
  });
}

function described<const N extends string>(operationId: N, suffix: string, summary: string) {
  return {
    method: 'post',
    path: `/v1/pairs/{id}${suffix}`,
    operationId,
    summary,
    description:
      '200 once it is carried out, 202 if its pair does not answer at present: it is asked again until it does.',
    tag,
    scope: 'command',
    idempotent: true,
    params: pairParams,
    responses,
  } as const;
}

interface Command {
  name: PairCommand;
  type: CommandName;
  data: EntryData;
}

/**
 * Stores the command, asks the pair, and answers with the pair as it then stands. The same request once more is one command.
 * @throws {Problem} 404, or 409 with the code of the refusal
 */
async function carriedOut(deps: PairRouteDeps, request: RepeatableRequest, pairId: string, command: Command) {
  const { key } = request;
  const pair = await requirePair(deps.database, key, pairId);
  const result = await asked(deps, pair, command, request);
  if (result === 'asked') {
    deps.relay.wake();
    return { status: 202, body: { id: pairId, state: 'asked' } } as const;
  }
  if (result !== 'applied') throw refusal(result.refused);
  const current = await requirePair(deps.database, key, pairId);
  const told = await livePair(deps, current, await deps.clock.now(), key.has('sensitive'));
  return { status: 200, body: told.value, headers: told.headers } as const;
}

async function asked(
  deps: PairRouteDeps,
  pair: PairRecord,
  { type, data, name }: Command,
  request: RepeatableRequest,
): Promise<CommandResult> {
  const now = await deps.clock.now();
  const ref = `${type}:${pair.id}:${digestOf(requestIdentity(request)).slice(0, 16)}`;
  const before = request.idempotencyKey === undefined ? null : await readCommand(deps.database, ref);
  if (before) return resultOf(before);
  if (pair.completedAt !== null) throw refusal('pair_closed');
  const entry = { source: 'tandem', eventId: ref, digest: '', ref, type, subject: pair.id, data };
  const times = { occurredAt: now, receivedAt: now, history: false, urgent: false, texts: {} };
  const place = { owner: pair.owner, programId: pair.programId };
  const seq = await recordCommand(deps.database, { ...entry, ...times, ...place }, leaseSeconds);
  const event: PairEvent = { seq, ref, type, at: now, receivedAt: now, data };
  const result = await deps.gateway.command(pair.owner, name, event);
  if (typeof result === 'object') await markRefused(deps.database, seq, result.refused);
  return result;
}

/** What became of a command that is on the journal already. */
function resultOf({ state, refusal: code }: { state: string; refusal: string | null }): CommandResult {
  if (code !== null) return { refused: code };
  return state === 'applied' ? 'applied' : 'asked';
}

const refusals: Record<string, string> = {
  pair_closed: 'The pair is closed',
  already_paused: 'The pair is paused already',
  not_paused: 'The pair is not paused',
  until_is_past: 'The end of the pause is past',
  reminders_not_paused: 'The reminders of the pair are not paused',
};

function refusal(code: string): Problem {
  return conflict(code, refusals[code] ?? 'The pair does not allow this as it stands');
}

function changeRoute(deps: PairRouteDeps): Route {
  const { database, clock, relay } = deps;
  return route({
    method: 'patch',
    path: '/v1/pairs/{id}',
    operationId: 'changePair',
    summary: "Change a pair's class or staff",
    tag,
    scope: 'command',
    idempotent: true,
    params: pairParams,
    body: pairChange,
    responses: { 200: pairAnswer },
    async handler({ params, body, key }) {
      const now = await clock.now();
      const caller = { programIds: key.programIds, now, salt: randomBytes(8).toString('hex') };
      const { outcome } = await changePair(database, { id: params.id, ...body }, caller);
      if (outcome === 'hidden') throw notFound('There is no pair with this id');
      if (outcome === 'closed') throw refusal('pair_closed');
      if (outcome === 'unknown_class') {
        throw invalid([{ pointer: '/classId', detail: 'There is no class in the program with this id' }]);
      }
      if (outcome === 'changed') relay.wake();
      const told = await livePair(deps, await requirePair(database, key, params.id), now, key.has('sensitive'));
      return { status: 200, body: told.value, headers: told.headers };
    },
  });
}
