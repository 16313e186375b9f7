import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The measurements of one process. Labels carry codes and templates only, never ids of persons or free text. */
export interface Metrics {
  /** What `/metrics` prints. */
  registry: Registry;
  /** Seconds to answer a request; `route` is the template (`/v1/pairs/:id`), never the path. */
  httpDuration: Histogram<'method' | 'route' | 'status'>;
  /** Events by `outcome`: `accepted`, `duplicate` or `refused`. */
  events: Counter<'outcome'>;
  /** Journal entries delivered to their workflows. */
  relayDelivered: Counter;
  /** Age in seconds of the oldest entry not delivered; 0 when there is none. */
  relayOldestAge: Gauge;
  /** Ledger rows by `outcome` (`claimed`, `sent`, `skipped`), `channel` and `reason` (empty unless skipped). */
  dispatch: Counter<'outcome' | 'channel' | 'reason'>;
  /** Seconds the oldest due row has been waiting unclaimed; 0 when there is none. */
  dispatchOldestDueAge: Gauge;
  /** Nudges given to dispatchers. */
  nudges: Counter;
  /** Mail that came in, by `reading` (`outreach`, `doubtful`, `ignored`) and `reason` (empty for outreach). */
  inboundMail: Counter<'reading' | 'reason'>;
  /** What providers reported of sends, by `provider` and `state` (`applied`, `ignored`, `quarantined`, `duplicate`). */
  providerReports: Counter<'provider' | 'state'>;
  /** Texts that came in, by `reading` and `sender` (`known`, or `unknown` where nobody has the number). */
  inboundTexts: Counter<'reading' | 'sender'>;
}

/** Makes the measurements in a registry of their own, with the process's default metrics. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    httpDuration: new Histogram({
      name: 'tandem_http_request_duration_seconds',
      help: 'Time to answer HTTP requests by method, route template and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    events: new Counter({
      name: 'tandem_events_total',
      help: 'Events received, by outcome: accepted, duplicate or refused',
      labelNames: ['outcome'],
      registers,
    }),
    relayDelivered: new Counter({
      name: 'tandem_relay_delivered_total',
      help: 'Journal entries delivered to their workflows',
      registers,
    }),
    relayOldestAge: new Gauge({
      name: 'tandem_relay_oldest_undelivered_age_seconds',
      help: 'Age of the oldest journal entry not yet delivered',
      registers,
    }),
    dispatch: new Counter({
      name: 'tandem_dispatch_total',
      help: 'Ledger rows claimed, sent and skipped, by channel and reason',
      labelNames: ['outcome', 'channel', 'reason'],
      registers,
    }),
    dispatchOldestDueAge: new Gauge({
      name: 'tandem_dispatch_oldest_due_age_seconds',
      help: 'How long the oldest due ledger row has been waiting unclaimed',
      registers,
    }),
    nudges: new Counter({
      name: 'tandem_dispatch_nudges_total',
      help: 'Nudges given to dispatchers',
      registers,
    }),
    inboundMail: new Counter({
      name: 'tandem_inbound_mail_total',
      help: 'Mail that came in, by how it was read and why',
      labelNames: ['reading', 'reason'],
      registers,
    }),
    providerReports: new Counter({
      name: 'tandem_provider_reports_total',
      help: 'Reports of providers about sends: applied, ignored, quarantined or duplicate',
      labelNames: ['provider', 'state'],
      registers,
    }),
    inboundTexts: new Counter({
      name: 'tandem_inbound_texts_total',
      help: 'Texts that came in, by how they were read and whether their number is known',
      labelNames: ['reading', 'sender'],
      registers,
    }),
  };
}
