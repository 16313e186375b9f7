import { Worker } from '@temporalio/worker';
import { createDocumentActivities } from '../../../activities/documents.ts';
import { createSayActivities } from '../../../activities/say.ts';
import { classify, type TemplateKey } from '../../../templates/table.ts';
import { workflowBundle } from '../../../worker/bundle.ts';
import { usualLead } from '../../../worker/worker.ts';
import { workflowTaskQueue } from '../../../workflows/messages.ts';
import { openPart } from './part.ts';

/**
 * A worker that dies when so many workflows (`SAYS`) have committed a say that wrote rows, and before any of them
 * knows: the dispatcher is nudged after the commit and before the local activity ends.
 */
const { database, connection, namespace } = await openPart();
const { code } = await workflowBundle();
let committed = 0;
const nudger = {
  nudge(): Promise<void> {
    committed++;
    if (committed === Number(process.env.SAYS)) process.kill(process.pid, 'SIGKILL');
    return new Promise(() => undefined);
  },
};
const worker = await Worker.create({
  connection,
  namespace,
  taskQueue: workflowTaskQueue,
  workflowBundle: { code },
  activities: {
    ...createDocumentActivities({ database, lead: usualLead }),
    ...createSayActivities({ database, nudger, classify: (template) => classify(template as TemplateKey) }),
  },
});
console.log('ready {}');
await worker.run();
