import type { Classification } from '../../policy/mailbox/row.ts';
import type { Database } from '../../prisma/database.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { ProviderSettings } from '../../runtime/provider-settings.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import type { Relay } from '../relay.ts';
import type { RawRequest, Route } from '../route.ts';
import { takeMail } from './inbound-mail-intake.ts';
import { readInboundMail } from './inbound-mail-reading.ts';
import { sendGridVerifier } from './sendgrid-signature.ts';
import { webhook } from './webhook.ts';

export interface InboundMailDependencies {
  database: Database;
  clock: Clock;
  metrics: Metrics;
  relay: Pick<Relay, 'wake'>;
  nudge: (shard: DispatchShard) => Promise<void>;
  /** Domain of the addresses that staff blind-copy; null where mail cannot come in. */
  inboundDomain: string | null;
  providerSettings: ProviderSettings;
  /** The class of a template, for what is said to staff. */
  classify: (template: 'task') => Classification;
}

/** As long as a mail that SendGrid passes on, attachments included. */
const limitBytes = 30 * 1024 * 1024;

/** What SendGrid's Inbound Parse posts (W9). Whatever an authentic request holds is taken: SendGrid repeats a refused one for days. */
export function inboundMailWebhook(deps: InboundMailDependencies): Route {
  const { sendgrid } = deps.providerSettings;
  return webhook({
    path: '/webhooks/sendgrid/inbound',
    operationId: 'takeInboundMail',
    summary: 'Take a mail that came in',
    description:
      'What SendGrid posts of a mail to the inbound domain; outreach that staff blind-copied resumes reminders.',
    mediaType: 'multipart/form-data',
    limitBytes,
    verify: sendGridVerifier(
      sendgrid?.inboundPublicKey ?? sendgrid?.webhookPublicKey,
      deps.clock,
      'SENDGRID_INBOUND_PUBLIC_KEY',
    ),
    take: (request) => take(deps, request),
  });
}

async function take(deps: InboundMailDependencies, { bytes, header }: RawRequest): Promise<void> {
  const read = await readInboundMail(header('Content-Type'), bytes);
  const taken = await takeMail(deps, read, bytes, await deps.clock.now());
  for (const { reading, doubt } of taken) deps.metrics.inboundMail.inc({ reading, reason: doubt ?? '' });
  if (taken.some(({ reading }) => reading === 'outreach')) deps.relay.wake();
  // What was written is looked at anyway, only later.
  if (taken.some(({ reading }) => reading === 'doubtful')) deps.nudge('urgent').catch(() => undefined);
}
