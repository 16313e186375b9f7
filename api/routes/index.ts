import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { createRenderer } from '../../activities/render.ts';
import { readDefaultTexts } from '../../activities/rendering/texts.ts';
import type { Channel } from '../../policy/step.ts';
import type { Database } from '../../prisma/database.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { ProviderSettings } from '../../runtime/provider-settings.ts';
import type { Signer } from '../../runtime/signing.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import { preferenceRoutes } from '../pages/preferences.ts';
import { responseRoutes } from '../pages/responses.ts';
import { gatewayWithoutQueries, temporalPairGateway } from '../pair-gateway.ts';
import type { Relay } from '../relay.ts';
import type { Route } from '../route.ts';
import { webhookRoutes } from '../webhooks/index.ts';
import { broadcastRoutes } from './broadcast.ts';
import { caseRoutes } from './cases.ts';
import { changeRoutes } from './changes.ts';
import { channelRoutes } from './channels.ts';
import { checkInRoutes } from './check-ins.ts';
import { classRoutes } from './classes.ts';
import { contactRoutes } from './contacts.ts';
import { enrolmentRoutes } from './enrolment.ts';
import { erasureRoutes } from './erasure.ts';
import { eventRoutes } from './events.ts';
import { focusListRoutes } from './focus-list.ts';
import { inboundMessageRoutes } from './inbound-messages.ts';
import { messageRoutes } from './messages.ts';
import { pairCommandRoutes } from './pair-commands.ts';
import { pairRoutes } from './pairs.ts';
import { peopleRoutes } from './people.ts';
import { programRoutes } from './programs.ts';
import { recommendationRoutes } from './recommendations.ts';
import { rematchRoutes } from './rematches.ts';
import { reportRoutes } from './reports.ts';
import { requestAnswerRoutes } from './request-answers.ts';
import { requestRoutes } from './requests.ts';
import { resourceRoutes } from './resources.ts';
import { settleRoutes } from './settle.ts';
import { templateRoutes } from './templates.ts';

export interface RouteDependencies {
  database: Database;
  clock: Clock;
  metrics: Metrics;
  logger: Logger;
  client: Client;
  relay: Relay;
  nudge: (shard: DispatchShard) => Promise<void>;
  inboundDomain: string | null;
  /** Where others reach this installation, without a trailing slash. */
  publicUrl: string;
  /** The names of those who carry mail and texts. */
  providers: Record<Channel, string>;
  /** What verifies who calls back; without it such calls are refused. */
  providerSettings: ProviderSettings;
  signer: Signer;
  /** Rehearsals show subject and body in the ledger. */
  showBodies: boolean;
  /** Whether pairs are asked, or what they last said is read in their place. */
  queries: boolean;
}

/** Every resource under /v1, the pages beside it, and what providers call back. A new one is a file and a line here. */
export function allRoutes(dependencies: RouteDependencies): Route[] {
  const live = temporalPairGateway(dependencies.client);
  const deps = { ...dependencies, gateway: dependencies.queries ? live : gatewayWithoutQueries(live) };
  return [
    ...programRoutes(deps),
    ...templateRoutes({ ...deps, renderer: createRenderer(), defaultTexts: readDefaultTexts() }),
    ...peopleRoutes(deps),
    ...rematchRoutes(deps),
    ...erasureRoutes(deps),
    ...enrolmentRoutes(deps),
    ...classRoutes(deps),
    ...pairRoutes(deps),
    ...pairCommandRoutes(deps),
    ...requestRoutes(deps),
    ...requestAnswerRoutes(deps),
    ...recommendationRoutes(deps),
    ...reportRoutes(deps),
    ...resourceRoutes(deps),
    ...eventRoutes(deps),
    ...checkInRoutes(deps),
    ...contactRoutes(deps),
    ...caseRoutes(deps),
    ...focusListRoutes(deps),
    ...messageRoutes(deps),
    ...broadcastRoutes(deps),
    ...settleRoutes(deps),
    ...channelRoutes(deps),
    ...changeRoutes(deps),
    ...preferenceRoutes(deps),
    ...responseRoutes(deps),
    ...inboundMessageRoutes(deps),
    ...webhookRoutes(deps),
  ];
}
