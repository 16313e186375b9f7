import { carriedBy, type Delivery, type DeliveryChannel } from '../../activities/channels/channel.ts';
import { createDispatchActivities } from '../../activities/dispatch/activity.ts';
import { createRenderer } from '../../activities/render.ts';
import type { Database } from '../../prisma/database.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createMetrics } from '../../runtime/metrics.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';

/** The dispatcher's passes by hand, on a clock of the test; whatever is handed over is taken. */
export function recordedSends(database: Database, clock: Clock): { handed: Delivery[]; dispatch(): Promise<void> } {
  const handed: Delivery[] = [];
  const channel: DeliveryChannel = {
    provider: 'recorder',
    carries: ['email', 'sms'],
    settleAfterSeconds: 60,
    async deliver(delivery) {
      handed.push(delivery);
      return { class: 'accepted', code: 'taken', providerId: delivery.sendId };
    },
    lookUp: async () => ({ fate: 'unknown' }),
  };
  const activities = createDispatchActivities({
    database,
    clock,
    renderer: createRenderer(),
    metrics: createMetrics(),
    channels: carriedBy(channel),
    links: {
      inboundDomain: null,
      preferencesPage: (personId) => `https://tandem.example.org/preferences/${personId}`,
      responsePage: () => 'https://tandem.example.org/responses/r',
    },
    classify: (template) => classify(template as TemplateKey),
    nudge: async () => undefined,
  });
  return {
    handed,
    async dispatch() {
      const notBefore = await clock.now();
      for (const shard of ['urgent', 'people'] as const) await activities.dispatch({ shard, notBefore });
    },
  };
}
