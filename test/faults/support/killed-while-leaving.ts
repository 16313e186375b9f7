import { Worker } from '@temporalio/worker';
import { createDocumentActivities } from '../../../activities/documents.ts';
import { createSayActivities } from '../../../activities/say.ts';
import { classify, type TemplateKey } from '../../../templates/table.ts';
import { workflowBundle } from '../../../worker/bundle.ts';
import { usualLead } from '../../../worker/worker.ts';
import { workflowTaskQueue } from '../../../workflows/messages.ts';
import { altered } from './altered-database.ts';
import { openPart } from './part.ts';

/**
 * A worker that dies while it carries out that somebody leaves: between two of the statements that do it (`DIES=middle`), or
 * when all of it is committed and before the workflow knows (`DIES=committed`).
 */
const { database: real, connection, namespace } = await openPart();
const { code } = await workflowBundle();
let leaving = false;
const die = (when: string): void => {
  if (process.env.DIES === when) process.kill(process.pid, 'SIGKILL');
};
const database = altered(real, (sql, run) => {
  if (sql.includes('update people set removed_at')) {
    leaving = true;
    die('middle');
  }
  return run(sql);
});
const nudger = {
  async nudge(): Promise<void> {
    if (leaving) die('committed');
  },
};
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: workflowTaskQueue,
  workflowBundle: { code },
  activities: {
    ...createDocumentActivities({ database, lead: usualLead }),
    ...createSayActivities({
      database,
      nudger,
      classify: (template, variant) => classify(template as TemplateKey, variant),
    }),
  },
});
console.log('ready {}');
await worker.run();
