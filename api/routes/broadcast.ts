import type { z } from 'zod';
import { createRenderer } from '../../activities/render.ts';
import type { Judged } from '../../policy/broadcast/broadcast.ts';
import { idOf } from '../../policy/pair/context.ts';
import type { Channel } from '../../policy/step.ts';
import type { Database } from '../../prisma/database.ts';
import { type AskedBroadcast, previewBroadcast, sendBroadcast } from '../../prisma/store/broadcasts.ts';
import type { ProgramVersionRecord } from '../../prisma/store/programs.ts';
import { putResources } from '../../prisma/store/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import { classify } from '../../templates/table.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import type { RequestKey } from '../authentication.ts';
import { previewWords } from '../broadcast-preview.ts';
import { invalid, notFound } from '../problem.ts';
import { fixedLinks } from '../program-links.ts';
import { requestIdentity } from '../request-identity.ts';
import { type Route, route } from '../route.ts';
import { broadcastAnswer, broadcastInput } from '../schemas/broadcast.ts';
import { requireStoredProgram } from './programs.ts';

export interface BroadcastRouteDeps {
  database: Database;
  clock: Clock;
  /** Where others reach this installation, without a trailing slash. */
  publicUrl: string;
  /** The names of those who carry mail and texts. */
  providers: Record<Channel, string>;
  nudge: (shard: DispatchShard) => Promise<void>;
}

type Body = z.output<typeof broadcastInput>;

/** One message in the words of staff to the people of many pairs (T10). */
export function broadcastRoutes(deps: BroadcastRouteDeps): Route[] {
  const previewing = { ...deps, renderer: createRenderer() };
  return [
    route({
      method: 'post',
      path: '/v1/messages:broadcast',
      operationId: 'broadcastMessage',
      summary: 'Send one message of your own to the people of the pairs that a filter names, once per person',
      description:
        'It passes the gates, quiet hours, cap and merging of any other message; `GET /v1/messages?broadcastId=` tells what ' +
        'became of it for each, those who were excluded among them. `dryRun` tells who would get it and shows the words. ' +
        'Either everybody is written to or nobody; the same Idempotency-Key and body is the same broadcast, also after the ' +
        'answer was forgotten.',
      tag: 'messages',
      scope: 'command',
      idempotent: true,
      body: broadcastInput,
      responses: { 200: broadcastAnswer },
      async handler({ body, key, idempotencyKey }) {
        const program = await requireStoredProgram(deps.database, key, body.programId);
        const now = await deps.clock.now();
        const asked = await askedBroadcast(deps.database, program, { body, key, idempotencyKey });
        const preview = await previewWords(previewing, program, { words: asked.words, channel: body.channel, now });
        if ('faults' in preview) throw invalid(preview.faults);
        const around = { now, providers: deps.providers, classification: classify('custom') };
        const judged = await (body.dryRun ? previewBroadcast : sendBroadcast)(deps.database, asked, around);
        if (!judged) throw notFound('There is no program with this id');
        if (!body.dryRun) await deps.nudge('people');
        const broadcastId = body.dryRun ? null : asked.id;
        return { status: 200, body: { ...answerOf(judged, key), preview: preview.words, broadcastId } };
      },
    }),
  ];
}

/** The same request under the same key is the same broadcast, so that it is never written twice. */
async function askedBroadcast(
  database: Database,
  program: ProgramVersionRecord,
  { body, key, idempotencyKey }: { body: Body; key: RequestKey; idempotencyKey?: string | undefined },
): Promise<AskedBroadcast> {
  const { programId, filter, audience, channel, subject = null, text } = body;
  const identity = requestIdentity({ key, idempotencyKey, body });
  const links = await linksAmong([subject ?? '', text], database, program);
  return {
    id: idOf('brd', identity),
    programId,
    keyId: key.id,
    filter: { state: 'active', ...filter },
    audience,
    channel,
    words: { subject, text, links },
  };
}

/** Links that lead everybody to the same place: the program's fixed ones, and those of its resources. */
async function linksAmong(
  texts: string[],
  database: Database,
  { id, document }: ProgramVersionRecord,
): Promise<string[]> {
  const resources = await putResources(database, id);
  const set = [...fixedLinks(document), ...resources.flatMap((put) => (put.off ? [] : (put.url ?? [])))];
  return [...new Set(set)].filter((link) => texts.some((text) => text.includes(link)));
}

function answerOf(judged: Judged[], key: RequestKey): Omit<z.input<typeof broadcastAnswer>, 'preview' | 'broadcastId'> {
  const recipients = judged.flatMap(({ row: { personId, pairIds }, excluded, channel }) =>
    excluded === null ? [{ personId, pairIds, channel }] : [],
  );
  const excluded = judged.flatMap(({ row: { personId }, excluded: reason }) =>
    reason === null ? [] : [{ personId, reason: reason === 'held' && !key.has('sensitive') ? 'unavailable' : reason }],
  );
  return { recipients, excluded, counts: { recipients: recipients.length, excluded: excluded.length } };
}
