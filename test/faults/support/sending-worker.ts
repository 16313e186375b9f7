import { createNudger, temporalNudge } from '../../../activities/nudger.ts';
import { wallClock } from '../../../runtime/clock.ts';
import { createLogger } from '../../../runtime/logging.ts';
import { createMetrics } from '../../../runtime/metrics.ts';
import { readSettings } from '../../../runtime/settings.ts';
import { installTemporalRuntime, startWorker, usualLead } from '../../../worker/worker.ts';
import { workflowTaskQueue } from '../../../workflows/messages.ts';
import { dyingAt, type KillPoint } from './kill-points.ts';
import { openPart } from './part.ts';
import { type Protection, without } from './protections.ts';
import { sendingChannels } from './sending-channels.ts';

/** How a worker differs from the product's: where it dies, and what it does without. */
export interface SendingWorker {
  diesAt: KillPoint | null;
  /** How often the point is reached before. */
  times: number;
  without: Protection | null;
}

const given = JSON.parse(process.env.SENDING_WORKER ?? '') as SendingWorker;
const { sendgrid, twilio } = readSettings(process.env).providers;
if (!sendgrid || !twilio) throw new Error('the keys of both providers are needed');
const logger = createLogger({ name: 'sending' });
installTemporalRuntime(logger);
const { database, client, connection, namespace } = await openPart();
const complete = { database, channels: sendingChannels({ sendgrid, twilio }) };
const less = without(given.without, complete);
const die = (): void => void process.kill(process.pid, 'SIGKILL');
const sending = given.diesAt === null ? less : dyingAt(given.diesAt, given.times, die, less);
const { ended } = await startWorker({
  ...sending,
  client,
  connection,
  namespace,
  clock: wallClock,
  metrics: createMetrics(),
  logger,
  nudger: createNudger(temporalNudge(client, () => undefined, workflowTaskQueue)),
  links: {
    inboundDomain: null,
    preferencesPage: () => 'https://tandem.example.org/preferences',
    responsePage: () => 'https://tandem.example.org/r',
  },
  lead: usualLead,
  cachedWorkflows: 10,
});
console.log('ready {}');
await ended;
