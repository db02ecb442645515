import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Start a module of ours as a thread of its own. `beside` is the `import.meta.url` of who asks, `name` that of the
 * module in the same folder, without its ending.
 */
export function startModuleThread(beside: string, name: string, options: WorkerOptions): Worker {
  const isSource = beside.endsWith('.ts');
  const entry = new URL(`./${name}.${isSource ? 'ts' : 'js'}`, beside);
  return new Worker(isSource ? throughTsx(entry) : entry, options);
}

/** Tests run from the source, and a new thread does not know TypeScript; flags for Node do not teach it either. */
function throughTsx(entry: URL): URL {
  const tsx = import.meta.resolve('tsx/esm/api');
  const start = `import { register } from ${JSON.stringify(tsx)}; register(); await import(${JSON.stringify(entry.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(start)}`);
}
