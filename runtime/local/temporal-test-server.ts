import { TestWorkflowEnvironment, type TimeSkippingTestWorkflowEnvironmentOptions } from '@temporalio/testing';
import { findTemporalTestServer } from './temporal-binaries.ts';

/**
 * Starts a time-skipping test server and connects to it. End it with `teardown()`.
 * @throws when the server's program cannot be found or started.
 */
export async function startTemporalTestServer(
  client?: TimeSkippingTestWorkflowEnvironmentOptions['client'],
): Promise<TestWorkflowEnvironment> {
  const path = await findTemporalTestServer();
  return TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
    client,
  });
}
