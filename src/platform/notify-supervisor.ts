import { execFile } from 'node:child_process';

/**
 * Tell systemd how far the program is, where systemd asked to be told (`Type=notify`, and
 * `NotifyAccess=all` because a helper speaks for us). Resolves when it is told or cannot be.
 */
export function notifySupervisor(message: 'READY=1' | 'STOPPING=1', env: NodeJS.ProcessEnv): Promise<void> {
  if (!env['NOTIFY_SOCKET']) return Promise.resolve();
  return new Promise((resolve) => {
    const args = [`--pid=${process.pid}`, message];
    execFile('systemd-notify', args, { env, timeout: NOTIFY_TIMEOUT_MS }, () => resolve());
  });
}

const NOTIFY_TIMEOUT_MS = 2_000;
