import type { z } from 'zod';
import type { Channel } from '../../policy/step.ts';
import type { Instant } from '../../policy/time.ts';
import type { Database } from '../../prisma/database.ts';
import { type ChannelState, readChannels, resumeChannel } from '../../prisma/store/channels.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import { conflict, forbidden, notFound } from '../problem.ts';
import { type Route, route } from '../route.ts';
import { channelAnswer, channelList, channelParams, channelResume } from '../schemas/channel.ts';

export interface ChannelRouteDeps {
  database: Database;
  clock: Clock;
  /** The names of those who carry mail and texts. */
  providers: Record<Channel, string>;
  /** Wakes a dispatcher after what waited for a channel was freed. */
  nudge: (shard: DispatchShard) => Promise<void>;
}

const tag = 'channels';

/** Who carries messages, and staff's way to open a parked one again (M10). */
export function channelRoutes(deps: ChannelRouteDeps): Route[] {
  return [listRoute(deps), resumeRoute(deps)];
}

function listRoute({ database, clock, providers }: ChannelRouteDeps): Route {
  return route({
    method: 'get',
    path: '/v1/channels',
    operationId: 'listChannels',
    summary: 'List who carries mail and texts, and whether they take any at present',
    tag,
    scope: 'read',
    responses: { 200: channelList },
    async handler() {
      const states = await readChannels(database, distinct(providers));
      const now = await clock.now();
      return { status: 200, body: { items: states.map((state) => channelItem(state, providers, now)) } };
    },
  });
}

function resumeRoute({ database, clock, providers, nudge }: ChannelRouteDeps): Route {
  return route({
    method: 'post',
    path: '/v1/channels/{name}:resume',
    operationId: 'resumeChannel',
    summary: 'Open a parked or limited channel again',
    description:
      'What waited for it goes out where it is still in time. A channel serves all programs, so a key that is limited ' +
      'to some cannot resume it. One that is open is 409 `channel_open`.',
    tag,
    scope: 'command',
    idempotent: true,
    params: channelParams,
    body: channelResume,
    responses: { 200: channelAnswer },
    async handler({ params, body, key }) {
      const { name } = params;
      if (!distinct(providers).includes(name)) throw notFound('There is no channel with this name');
      if (key.programIds !== null) throw forbidden('A channel serves all programs, and the key is limited to some');
      const now = await clock.now();
      const wasClosed = await resumeChannel(database, name, carriedBy(name, providers), body.by, now);
      if (!wasClosed) throw conflict('channel_open', 'The channel is open');
      // What a nudge misses the relay makes good.
      for (const shard of ['people', 'urgent'] as const) nudge(shard).catch(() => undefined);
      const [state] = await readChannels(database, [name]);
      return { status: 200, body: channelItem(state as ChannelState, providers, now) };
    },
  });
}

function distinct(providers: Record<Channel, string>): string[] {
  return [...new Set(Object.values(providers))];
}

function carriedBy(name: string, providers: Record<Channel, string>): Channel[] {
  return (['email', 'sms'] as const).filter((channel) => providers[channel] === name);
}

function channelItem(
  { provider, parkedAt, code, limitedUntil }: ChannelState,
  providers: Record<Channel, string>,
  now: Instant,
): z.input<typeof channelAnswer> {
  const limited = parkedAt === null && limitedUntil !== null && limitedUntil.getTime() > now;
  return {
    name: provider,
    carries: carriedBy(provider, providers),
    state: parkedAt !== null ? 'parked' : limited ? 'limited' : 'open',
    code,
    since: parkedAt?.toISOString() ?? null,
    resumeAt: limited ? limitedUntil.toISOString() : null,
  };
}
