import type { ProviderSettings } from '../../runtime/provider-settings.ts';
import { classify } from '../../templates/table.ts';
import type { Route } from '../route.ts';
import { type InboundMailDependencies, inboundMailWebhook } from './inbound-mail.ts';
import type { ReportDeps } from './report-taking.ts';
import { sendGridEventsWebhook } from './sendgrid-events.ts';
import { sendGridVerifier } from './sendgrid-signature.ts';
import { twilioInboundWebhook } from './twilio-inbound.ts';
import { twilioVerifier } from './twilio-signature.ts';
import { twilioStatusWebhook } from './twilio-status.ts';

export interface WebhookDeps extends ReportDeps, Omit<InboundMailDependencies, 'classify'> {
  providerSettings: ProviderSettings;
  /** Where others reach this installation, without a trailing slash. */
  publicUrl: string;
}

/** What providers call back. A new webhook is a file beside this one and a line here. */
export function webhookRoutes(deps: WebhookDeps): Route[] {
  const { sendgrid, twilio } = deps.providerSettings;
  const fromSendGrid = sendGridVerifier(sendgrid?.webhookPublicKey, deps.clock);
  const fromTwilio = twilioVerifier(twilio?.authToken, deps.publicUrl);
  return [
    sendGridEventsWebhook(deps, fromSendGrid),
    twilioStatusWebhook(deps, fromTwilio),
    twilioInboundWebhook(deps, fromTwilio),
    inboundMailWebhook({ ...deps, classify }),
  ];
}
