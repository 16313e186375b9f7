export { dispatchWorkflow } from './dispatch.ts';
export { pairWorkflow } from './pair.ts';
export { programWorkflow } from './program.ts';
export { requestWorkflow } from './request.ts';
