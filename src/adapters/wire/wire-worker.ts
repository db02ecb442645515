/** The thread of the protocol log: it alone holds the file, so that nothing else waits for it. */
import { parentPort, workerData } from 'node:worker_threads';
import { createLogKeeper } from './log-keeper.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './messages.ts';

if (parentPort === null) throw new Error('wire-worker runs as a worker thread');
const port = parentPort;
// What `startWorker` passes.
const settings = workerData as WorkerSettings;
const keeper = createLogKeeper(settings, (message: FromWorker) => port.postMessage(message));
port.on('message', (message: ToWorker) => {
  if (message.kind === 'batch') keeper.take(message.firstId, message.values);
  else if (message.kind === 'ask') keeper.answer(message.call, message.question);
  else if (message.kind === 'prune') keeper.prune(message.now);
  else {
    keeper.close();
    port.postMessage({ kind: 'closed' } satisfies FromWorker);
    port.close();
  }
});
