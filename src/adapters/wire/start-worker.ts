import { Worker } from 'node:worker_threads';
import type { WorkerSettings } from './messages.ts';

/** Start the thread of the protocol log. */
export function startWorker(settings: WorkerSettings): Worker {
  const isSource = import.meta.url.endsWith('.ts');
  const entry = new URL(isSource ? './wire-worker.ts' : './wire-worker.js', import.meta.url);
  return new Worker(isSource ? throughTsx(entry) : entry, { workerData: settings, name: 'protocol-log' });
}

/** Tests run from the source, and a new thread does not know TypeScript; flags for Node do not teach it either. */
function throughTsx(entry: URL): URL {
  const tsx = import.meta.resolve('tsx/esm/api');
  const start = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(entry.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`);
}
