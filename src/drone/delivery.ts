import type { Client } from '../client/client.ts';
import { type Setback, setbackOf } from './answers.ts';
import type { FaultPoints } from './fault-point.ts';
import type { EndedJournal, Spool } from './journal.ts';
import type { DroneLog } from './log.ts';
import type { LogShipper } from './log-shipper.ts';
import { refusedReport } from './report.ts';
import { upload } from './uploader.ts';
import { pause, type RetryPolicy, retryPauseMs } from './waiting.ts';

export type Delivery = {
  readonly client: Client;
  readonly droneId: string;
  readonly spool: Spool;
  readonly retry: RetryPolicy;
  readonly log: DroneLog;
  readonly reachFault: FaultPoints;
  readonly shipper: LogShipper;
  /** Aborted with `stale` when nobody wants it any more, with `stopping` when the next start shall go on. */
  readonly signal: AbortSignal;
};

/**
 * Tells the control plane how an attempt ended: the package first, then the rest of the log, then the
 * report. Every step is written down before the next, so that it happens at least once whoever is killed;
 * the control plane takes each of them twice without harm. Forgets the attempt when it is told, or stale.
 */
export async function deliver(delivery: Delivery, ended: EndedJournal): Promise<void> {
  const outcome = await deliverAll(delivery, ended);
  const isStale = outcome === 'stale' || delivery.signal.reason === 'stale';
  // Stopped before it was told: the next start of the drone goes on from the journal.
  if (outcome === 'stopped' && !isStale) return;
  if (isStale) delivery.log.info({ attempt: ended.attempt, package: ended.package }, 'build dropped: not current');
  await delivery.spool.remove(ended.attempt);
}

/** `refused` is an end too: what is wrong with the report will be wrong for ever. */
type Outcome = 'told' | 'refused' | 'stale' | 'stopped';

async function deliverAll(delivery: Delivery, ended: EndedJournal): Promise<Outcome> {
  const journal = ended.state === 'built' ? await deliverPackage(delivery, ended) : ended;
  if (journal === 'stale' || journal === 'stopped') return journal;
  await delivery.shipper.finish();
  return tell(delivery, journal);
}

type BuiltJournal = Extract<EndedJournal, { state: 'built' }>;

async function deliverPackage(delivery: Delivery, journal: BuiltJournal): Promise<EndedJournal | 'stale' | 'stopped'> {
  const end = await upload({ ...delivery, attempt: journal.attempt, result: journal.result });
  switch (end.kind) {
    case 'ended':
      return 'stopped';
    case 'stale':
      return 'stale';
    case 'verified':
      delivery.reachFault('after-upload');
      return written(delivery.spool, { ...journal, state: 'uploaded' });
    case 'refused':
    case 'gone': {
      delivery.log.warn({ attempt: journal.attempt, package: journal.package, why: end.why }, 'package not taken');
      const isDamaged = end.kind === 'refused' && end.status === 422;
      const report = refusedReport(journal.report, { isDamaged, why: end.why });
      return written(delivery.spool, { ...journal, state: 'failed', report });
    }
  }
}

async function written(spool: Spool, journal: EndedJournal): Promise<EndedJournal> {
  await spool.write(journal);
  return journal;
}

async function tell(delivery: Delivery, journal: EndedJournal): Promise<Outcome> {
  const { signal, log, retry } = delivery;
  for (let failures = 1; !signal.aborted; failures += 1) {
    const outcome = await tellOnce(delivery, journal);
    if (outcome === 'told') {
      log.info({ attempt: journal.attempt, package: journal.package, status: journal.report.status }, 'build reported');
      return outcome;
    }
    if (outcome.kind === 'refused') log.error({ attempt: journal.attempt, why: outcome.why }, 'report refused');
    if (outcome.kind !== 'away') return outcome.kind;
    await pause(retryPauseMs(failures, retry), signal);
  }
  return 'stopped';
}

async function tellOnce(delivery: Delivery, journal: EndedJournal): Promise<'told' | Setback> {
  try {
    await complete(delivery, journal);
    return 'told';
  } catch (error) {
    return setbackOf(error);
  }
}

function complete({ client, droneId, signal }: Delivery, { attempt, package: name, report }: EndedJournal) {
  const { failure_class, ...rest } = report;
  const body = {
    id: droneId,
    package: name,
    attempt,
    ...rest,
    ...(failure_class === undefined ? {} : { failure_class }),
  };
  return client.complete({ body }, { signal });
}
