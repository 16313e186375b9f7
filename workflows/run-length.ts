import { workflowInfo } from '@temporalio/workflow';

/** Runs stay short: waking an uncached workflow replays its history. */
const eventsPerRun = 120;
const bytesPerRun = 64 * 1024;
/** What a run begins with may be large by itself: a run that has hardly begun is not long. */
const eventsAtLeast = 30;

/** Whether it is time for a new run, once nothing is left to do in this one. */
export function isRunLong(): boolean {
  const { historyLength, historySize } = workflowInfo();
  return historyLength > eventsPerRun || (historyLength > eventsAtLeast && historySize > bytesPerRun);
}
