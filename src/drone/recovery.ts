import type { EndedJournal, GrantedJournal, Journal, Spool } from './journal.ts';
import type { DroneLog } from './log.ts';
import { endLeftOver } from './process-identity.ts';
import { returnedReport } from './report.ts';

export type Recovery = {
  readonly spool: Spool;
  readonly log: DroneLog;
  /** Time that a left-over build gets to end by itself. */
  readonly graceMs: number;
  readonly now: () => number;
};

/**
 * What an earlier drone left to be told, once nothing that it started runs any more. A package that it
 * was building is handed back: a half-done build has nothing to show.
 */
export async function recover(recovery: Recovery): Promise<EndedJournal[]> {
  const journals = await recovery.spool.readAll();
  return Promise.all(journals.map((journal) => endedOf(recovery, journal)));
}

async function endedOf(recovery: Recovery, journal: Journal): Promise<EndedJournal> {
  if (journal.state !== 'granted') return journal;
  await endBuild(recovery, journal);
  const { process: _, ...granted } = journal;
  const elapsedS = Math.max(0, (recovery.now() - journal.grantedAtMs) / 1000);
  const report = returnedReport('the drone was killed while it built this', elapsedS);
  const ended: EndedJournal = { ...granted, state: 'failed', report };
  await recovery.spool.write(ended);
  return ended;
}

async function endBuild({ log, graceMs }: Recovery, journal: GrantedJournal): Promise<void> {
  if (journal.process === undefined || !(await endLeftOver(journal.process, graceMs))) return;
  log.warn({ attempt: journal.attempt, package: journal.package }, 'left-over build ended');
}
