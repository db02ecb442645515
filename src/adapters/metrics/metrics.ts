import type {
  FigureReads,
  Figures,
  Metering,
  ProtocolLogState,
  ServiceState,
  StreamFigures,
} from '../../app/operations-ports.ts';
import type { EventHub } from '../../app/ports.ts';
import { PACKAGE_STATES } from '../../core/package-state.ts';
import { METRICS } from './definitions.ts';
import { countEvents } from './event-counts.ts';
import { watchProcess } from './process-figures.ts';
import { type Collect, createRegistry, type Sample } from './registry.ts';
import { createRequestMeters } from './request-meter.ts';

/** Where the measurements come from. */
export type MetricSources = {
  readonly hub: EventHub;
  readonly figures: FigureReads;
  readonly streams: () => StreamFigures;
  readonly services: () => readonly ServiceState[];
  readonly longPolls: () => number;
  readonly protocolLog?: (() => ProtocolLogState) | undefined;
  readonly version: string;
};

/** Measurements for Prometheus. Between two scrapes only events and requests are counted. */
export function createMetering(sources: MetricSources): Metering {
  const meters = createRequestMeters();
  const process = watchProcess();
  const figures = sharedFigures(sources.figures);
  const collectors = { ...ownCollectors(sources), ...swarmCollectors(figures), ...process };
  const requests = { requests: meters.requests, requestDuration: meters.durations };
  const all: Record<keyof typeof METRICS, Collect> = { ...collectors, ...requests };
  const registry = createRegistry(
    Object.entries(METRICS).map(([key, definition]) => [definition, all[key as keyof typeof METRICS]] as const),
  );
  return {
    route: meters.route,
    render: async () => {
      figures.forget();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close: process.close,
  };
}

/** The numbers of the swarm are read once for each scrape. */
function sharedFigures(reads: FigureReads) {
  let figures: Promise<Figures> | undefined;
  let size: ReturnType<FigureReads['size']> | undefined;
  return {
    read: () => (figures ??= reads.figures()),
    size: () => (size ??= reads.size()),
    forget: () => {
      figures = undefined;
      size = undefined;
    },
  };
}

function swarmCollectors({ read, size }: ReturnType<typeof sharedFigures>) {
  const one = (pick: (figures: Figures) => number) => async () => [{ value: pick(await read()) }];
  return {
    packages: async () => {
      const { counts } = await read();
      return PACKAGE_STATES.map((state): Sample => ({ labels: { state }, value: counts[state] }));
    },
    packagesReady: one(({ ready }) => ready),
    packagesWaiting: one(({ counts, ready }) => counts.needed - ready),
    paused: one(({ isPaused }) => (isPaused ? 1 : 0)),
    drones: async () => {
      const { onlineDrones, offlineDrones, pausedDrones } = await read();
      const byStatus = { online: onlineDrones, offline: offlineDrones, paused: pausedDrones };
      return Object.entries(byStatus).map(([status, value]): Sample => ({ labels: { status }, value }));
    },
    slots: one((figures) => figures.slots),
    slotsBusy: one((figures) => figures.slotsBusy),
    staleReports: one((figures) => figures.staleReports),
    databaseSize: async () => [{ value: (await size()).databaseBytes }],
    walSize: async () => [{ value: (await size()).walBytes }],
  };
}

function ownCollectors({ hub, streams, services, longPolls, protocolLog, version }: MetricSources) {
  const byService = (pick: (service: ServiceState) => number) => () =>
    services().map((service): Sample => ({ labels: { service: service.name }, value: pick(service) }));
  const protocol = (pick: (state: ProtocolLogState) => number) => () =>
    protocolLog === undefined ? [] : [{ value: pick(protocolLog()) }];
  return {
    ...countEvents(hub),
    longPolls: () => [{ value: longPolls() }],
    streamClients: () => [{ value: streams().clients }],
    streamDropped: () => [{ value: streams().dropped }],
    streamDisconnected: () => [{ value: streams().disconnected }],
    protocolQueued: protocol(({ queued }) => queued),
    protocolDropped: protocol(({ dropped }) => dropped),
    serviceRuns: byService(({ runs }) => runs),
    serviceFailures: byService(({ failures }) => failures),
    serviceDuration: byService(({ lastDurationMs }) => (lastDurationMs ?? 0) / 1000),
    info: () => [{ labels: { version, node: globalThis.process.version }, value: 1 }],
  };
}
