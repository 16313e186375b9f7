import { z } from 'zod';
import { type Instant, toRfc3339 } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import { listMessages } from '../../prisma/store/ledger.ts';
import type { Clock } from '../../runtime/clock.ts';
import { messageItem } from '../message-item.ts';
import { invalid } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { instant, instantOut } from '../schemas/common.ts';
import { messageAnswer } from '../schemas/message.ts';

export interface RehearsalRouteDeps {
  database: Database;
  clock: Clock;
  advanceTo(target: Instant): Promise<void>;
}

const tag = 'rehearsal';
const longestDays = 800;
const messagesAtMost = 10_000;
const duration = /^P(?=\d|T\d)(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

const clockBody = z.union([
  z.strictObject({
    advance: z.string().regex(duration, 'an ISO 8601 duration in weeks, days, hours, minutes and seconds'),
  }),
  z.strictObject({ to: instant }),
]);

/** The virtual clock of a rehearsal (V4); these routes exist in a rehearsal only. */
export function rehearsalRoutes(deps: RehearsalRouteDeps): Route[] {
  const read = route({
    method: 'get',
    path: '/rehearsal/clock',
    operationId: 'getRehearsalClock',
    summary: 'Read the virtual clock',
    tag,
    scope: 'read',
    responses: { 200: z.object({ now: instantOut }) },
    handler: async () => ({ status: 200, body: { now: toRfc3339(await deps.clock.now()) } }),
  });
  return [read, advanceRoute(deps)];
}

function advanceRoute({ database, clock, advanceTo }: RehearsalRouteDeps): Route {
  return route({
    method: 'post',
    path: '/rehearsal/clock',
    operationId: 'moveRehearsalClock',
    summary: 'Move the virtual clock forward',
    description:
      'Answers once everything due by then has been decided and sent, with every message that was decided, sent or given up meanwhile.',
    tag,
    scope: 'command',
    body: clockBody,
    responses: { 200: z.object({ now: instantOut, messages: z.array(messageAnswer) }) },
    async handler({ body, key }) {
      const from = await clock.now();
      const target = 'to' in body ? body.to : from + millisOf(body.advance);
      if (target < from)
        throw invalid([{ pointer: '/to', detail: `the clock only moves forward; it stands at ${toRfc3339(from)}` }]);
      if (target > from + longestDays * 86_400_000) {
        throw invalid([{ pointer: '', detail: `the clock moves at most ${longestDays} days at a time` }]);
      }
      await advanceTo(target);
      const filter = { changedSince: from };
      const reading = { programIds: key.programIds, withWords: true, safety: true, after: null, limit: messagesAtMost };
      const changed = await listMessages(database, filter, reading);
      const messages = changed.reverse().map((row) => messageItem(row, true));
      return { status: 200, body: { now: toRfc3339(await clock.now()), messages } };
    },
  });
}

function millisOf(text: string): number {
  const [, weeks, days, hours, minutes, seconds] = duration.exec(text) as RegExpExecArray;
  const hoursIn = (Number(weeks ?? 0) * 7 + Number(days ?? 0)) * 24 + Number(hours ?? 0);
  return ((hoursIn * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
}
