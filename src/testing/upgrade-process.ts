import { openConnection } from '../adapters/sqlite/open.ts';

/**
 * Opens a database as a program of its own, for tests that kill it: arguments are its path and the step
 * of the upgrade after which the process kills itself as `kill -9` would.
 */
const [path = '', deadly = ''] = process.argv.slice(2);
openConnection(path, {
  now: Date.now(),
  onStep: (step) => {
    if (step === deadly) process.kill(process.pid, 'SIGKILL');
  },
}).close();
