import type { Policy } from '../core/policy.ts';
import type { Binhost, BuildLogs, Clock, EventHub, Ids, SwarmReports, SwarmStore } from './ports.ts';

/** Everything a use case may ask for; each names what it needs of it. */
export type Deps = {
  readonly store: SwarmStore;
  readonly reports: SwarmReports;
  readonly binhost: Binhost;
  readonly logs: BuildLogs;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policy: Policy;
};
