import { setTimeout as sleep } from 'node:timers/promises';
import { carriedBy } from '../../../activities/channels/channel.ts';
import { openOutbox } from '../../../activities/channels/outbox.ts';
import { createNudger, temporalNudge } from '../../../activities/nudger.ts';
import { wallClock } from '../../../runtime/clock.ts';
import { createLogger } from '../../../runtime/logging.ts';
import { createMetrics } from '../../../runtime/metrics.ts';
import { startWorker, usualLead } from '../../../worker/worker.ts';
import { workflowTaskQueue } from '../../../workflows/messages.ts';
import { openPart } from './part.ts';

/**
 * A worker that dies at the first message it hands over: once the claim is committed and nothing has left
 * (`DIES=before`), or once the message has left and nothing is recorded (`DIES=after`).
 */
const { database, client, connection, namespace, dataDirectory } = await openPart();
const outbox = await openOutbox(`${dataDirectory}/outbox.ndjson`, wallClock.now);
await startWorker({
  database,
  client,
  connection,
  namespace,
  clock: wallClock,
  metrics: createMetrics(),
  logger: createLogger({ name: 'dying' }),
  nudger: createNudger(temporalNudge(client, () => undefined, workflowTaskQueue)),
  channels: carriedBy({
    ...outbox,
    async deliver(delivery) {
      if (process.env.DIES === 'after') await outbox.deliver(delivery);
      process.kill(process.pid, 'SIGKILL');
      return sleep(60_000, { class: 'ambiguous', code: 'dying' });
    },
  }),
  links: {
    inboundDomain: null,
    preferencesPage: () => 'https://tandem.example.org/preferences',
    responsePage: () => 'https://tandem.example.org/r',
  },
  lead: usualLead,
  cachedWorkflows: 10,
});
console.log('ready {}');
