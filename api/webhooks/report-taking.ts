import type { Provider } from '../../policy/delivery/outcomes.ts';
import type { Database } from '../../prisma/database.ts';
import { type ProviderReport, recordReports } from '../../prisma/store/provider-reports.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import { classify, type TemplateKey } from '../../templates/table.ts';
import type { DispatchShard } from '../../workflows/ids.ts';

export interface ReportDeps {
  database: Database;
  clock: Clock;
  metrics: Metrics;
  /** Wakes a dispatcher after rows came back. */
  nudge: (shard: DispatchShard) => Promise<void>;
}

/** The class of a template, for what is said to staff. */
export const classified = { classify: (template: string) => classify(template as TemplateKey) };

/** Records what a provider reported, and wakes the dispatchers where that gave them something to do. */
export async function takeReports(
  { database, clock, metrics, nudge }: ReportDeps,
  provider: Provider,
  reports: ProviderReport[],
): Promise<void> {
  if (reports.length === 0) return;
  const { states, wrote } = await recordReports(database, provider, reports, await clock.now(), classified);
  for (const state of states) metrics.providerReports.inc({ provider, state });
  if (wrote) nudgeAll(nudge);
}

/** What a nudge misses the relay makes good: it nudges every dispatcher whose rows are overdue. */
export function nudgeAll(nudge: ReportDeps['nudge']): void {
  for (const shard of ['people', 'urgent'] as const) nudge(shard).catch(() => undefined);
}
