import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createDispatchActivities } from '../../../activities/dispatch/activity.ts';
import { settleSends } from '../../../activities/dispatch/settle.ts';
import { createRenderer } from '../../../activities/render.ts';
import { execute, openDatabase } from '../../../prisma/database.ts';
import { wallClock } from '../../../runtime/clock.ts';
import { createMetrics } from '../../../runtime/metrics.ts';
import { classify, type TemplateKey } from '../../../templates/table.ts';
import { type Protection, type Sending, without } from './protections.ts';
import { sendingChannels } from './sending-channels.ts';
import type { SendingWorld } from './sending-world.ts';

/** The product's sending and settling in this process, one step at a time; what Temporal does for them the test does. */
export interface Sender {
  /** One pass of the dispatcher. */
  pass(): Promise<void>;
  /** Settles what is to be settled now; answers how many sends were. */
  settle(): Promise<number>;
  /** Its connections to the database are gone, as those of a process that was killed. */
  vanish(): Promise<void>;
}

let made = 0;

/** A pass that fails is what the tests are about. */
const quiet = new DefaultLogger('ERROR', () => undefined);

/**
 * @param less the protection that it does without
 * @param alter what else is different about it
 */
export function createSender(
  world: SendingWorld,
  less: Protection | null = null,
  alter: (sending: Sending) => Sending = (sending) => sending,
): Sender {
  const applicationName = `sender-${made++}`;
  const connection = openDatabase(world.databaseUrl, { applicationName });
  const complete = { database: connection, channels: sendingChannels(world.providers) };
  const sending = alter(without(less, complete));
  const deps = {
    ...sending,
    clock: wallClock,
    renderer: createRenderer(),
    metrics: createMetrics(),
    links: {
      inboundDomain: null,
      preferencesPage: () => 'https://tandem.example.org/preferences',
      responsePage: () => 'https://tandem.example.org/r',
    },
    classify: (template: string) => classify(template as TemplateKey),
    nudge: async () => undefined,
  };
  const { dispatch } = createDispatchActivities(deps);
  return {
    async pass() {
      for (const shard of ['people', 'urgent'] as const) {
        await new MockActivityEnvironment({}, { logger: quiet }).run(dispatch, { shard, notBefore: 0 });
      }
    },
    async settle() {
      const { email, sms } = sending.channels;
      return (await settleSends(deps, email)) + (await settleSends(deps, sms));
    },
    async vanish() {
      const sql = 'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1';
      await execute(world.database, sql, applicationName);
      await connection.close();
    },
  };
}
