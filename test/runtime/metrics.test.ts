import { expect, it } from 'vitest';
import { createMetrics } from '../../runtime/metrics.ts';

it('two sets of metrics are independent and are printed with the default metrics of the process', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.events.inc({ outcome: 'accepted' });
  one.httpDuration.observe({ method: 'GET', route: '/v1/pairs/:id', status: '200' }, 0.02);
  expect(await one.registry.metrics()).toContain('tandem_events_total{outcome="accepted"} 1');
  expect(await one.registry.metrics()).toContain('process_cpu_seconds_total');
  expect(await other.registry.metrics()).not.toContain('tandem_events_total{');
});
