import type { Classification } from '../../policy/mailbox/row.ts';
import type { Database } from '../../prisma/database.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { DispatchShard } from '../../workflows/ids.ts';
import type { DeliveryChannels } from '../channels/channel.ts';
import type { Renderer } from '../render.ts';
import type { ComposeContext } from './compose.ts';

/** What dispatching is done with. */
export interface DispatchDependencies {
  database: Database;
  clock: Clock;
  renderer: Renderer;
  channels: DeliveryChannels;
  metrics: Metrics;
  /** Addresses and links that messages carry. */
  links: ComposeContext;
  classify: (template: string) => Classification;
  /** Wakes the dispatcher of what is said to staff, once something was; never rejects. */
  nudge: (shard: DispatchShard) => Promise<void>;
}
