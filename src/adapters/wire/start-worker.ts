import type { Worker } from 'node:worker_threads';
import { startModuleThread } from '../../platform/module-thread.ts';
import type { WorkerSettings } from './messages.ts';

/** Start the thread of the protocol log. */
export function startWorker(settings: WorkerSettings): Worker {
  return startModuleThread(import.meta.url, 'wire-worker', { workerData: settings, name: 'protocol-log' });
}
