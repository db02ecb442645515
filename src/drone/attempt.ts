import type { Client } from '../client/client.ts';
import { type BuildEnd, build } from './build.ts';
import type { DroneSettings } from './config.ts';
import { deliver } from './delivery.ts';
import type { FaultPoints } from './fault-point.ts';
import type { EndedJournal, GrantedJournal, Spool } from './journal.ts';
import { messageOf } from './log.ts';
import { type LogShipper, startLogShipper } from './log-shipper.ts';
import type { Grant } from './loop.ts';
import { identityOf } from './process-identity.ts';
import { failureReport, returnedReport, successReport } from './report.ts';
import type { Held, Slots } from './slots.ts';
import { pause, type Turnstile } from './waiting.ts';

/** What every attempt of a drone shares. */
export type Workshop = {
  readonly settings: DroneSettings;
  readonly droneId: string;
  readonly client: Client;
  readonly spool: Spool;
  readonly slots: Slots;
  /** One root, one installation at a time. */
  readonly installTurn: Turnstile;
  readonly reachFault: FaultPoints;
  readonly now: () => number;
};

/** Builds a package in a slot, then delivers it out of the slot. Never rejects. */
export async function runAttempt(workshop: Workshop, grant: Grant): Promise<void> {
  const held = workshop.slots.hold(grant.attempt, grant.package);
  await guarded(workshop, held, async () => {
    const journal: GrantedJournal = { format: 1, state: 'granted', ...grant, grantedAtMs: workshop.now() };
    await workshop.spool.write(journal);
    const shipper = shipLog(workshop, held);
    const ended = await runBuild(workshop, held, journal);
    if (ended === 'stale') return;
    workshop.slots.startDelivery(grant.attempt);
    await deliver({ ...workshop, ...workshop.settings, shipper, signal: held.delivery.signal }, ended);
  });
}

/** Goes on delivering an attempt that an earlier drone left. Never rejects. */
export async function resumeDelivery(workshop: Workshop, journal: EndedJournal): Promise<void> {
  const held = workshop.slots.hold(journal.attempt, journal.package, 'delivering');
  await guarded(workshop, held, async () => {
    const shipper = shipLog(workshop, held);
    await deliver({ ...workshop, ...workshop.settings, shipper, signal: held.delivery.signal }, journal);
  });
}

async function guarded({ settings, slots }: Workshop, held: Held, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    // A full disk, most likely. The lease runs out, or the next start hands it back.
    settings.log.error({ attempt: held.attempt, package: held.package, why: messageOf(error) }, 'attempt given up');
    await pause(settings.retry.capMs, held.build.signal);
  } finally {
    held.delivery.abort('stopping');
    slots.release(held.attempt);
  }
}

function shipLog({ settings, droneId, client, spool }: Workshop, held: Held): LogShipper {
  return startLogShipper({
    client,
    droneId,
    attempt: held.attempt,
    logFile: spool.logFile(held.attempt),
    intervalMs: settings.logIntervalMs,
    retry: settings.retry,
    signal: held.delivery.signal,
  });
}

async function runBuild(workshop: Workshop, held: Held, journal: GrantedJournal): Promise<EndedJournal | 'stale'> {
  const { settings, spool, slots, reachFault } = workshop;
  const startedAtMs = workshop.now();
  settings.log.info({ attempt: held.attempt, package: held.package }, 'build started');
  const end = await build({
    settings,
    pkgDir: spool.packageDir(held.attempt),
    installTurn: workshop.installTurn,
    now: workshop.now,
    attempt: held.attempt,
    order: journal.order,
    logFile: spool.logFile(held.attempt),
    signal: held.build.signal,
    onPhase: (phase) => slots.enterPhase(held.attempt, phase),
    onLook: (glance) => slots.note(held.attempt, glance),
    onCompiling: () => reachFault('mid-build'),
    onProcess: async (pid) => {
      const process = await identityOf(pid);
      if (process !== undefined)
        await spool.write({
          ...journal,
          process,
        });
    },
  });
  // Else it would take and hand back all there is, as fast as it can.
  if (end.kind === 'impossible') await pause(settings.retry.capMs, held.build.signal);
  if (end.kind === 'ended' && held.build.signal.reason === 'stale') {
    settings.log.info({ attempt: held.attempt, package: held.package }, 'build stopped: not current');
    await spool.remove(held.attempt);
    return 'stale';
  }
  const ended = endedJournal(journal, end, (workshop.now() - startedAtMs) / 1000);
  await spool.write(ended);
  const { status, failure_class: failureClass } = ended.report;
  settings.log.info({ attempt: held.attempt, package: held.package, status, failureClass }, 'build ended');
  if (ended.state === 'built') reachFault('after-build');
  return ended;
}

function endedJournal(journal: GrantedJournal, end: BuildEnd, elapsedS: number): EndedJournal {
  const { process: _, ...granted } = journal;
  switch (end.kind) {
    case 'built':
      return { ...granted, state: 'built', result: end.result, report: successReport(end) };
    case 'failed':
      return { ...granted, state: 'failed', report: failureReport(end.cause, end) };
    case 'ended':
      return { ...granted, state: 'failed', report: returnedReport('drone stopping', elapsedS) };
    case 'impossible':
      return { ...granted, state: 'failed', report: returnedReport(end.why, elapsedS) };
  }
}
