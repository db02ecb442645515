import type { Policy } from '../core/policy.ts';
import type { CredentialStore } from './credential-ports.ts';
import type { Binhost, BuildLogs, Clock, EventHub, Ids, SwarmStore } from './ports.ts';
import type { SwarmReports } from './report-ports.ts';

/** Everything a use case may ask for; each names what it needs of it. */
export type Deps = {
  readonly store: SwarmStore;
  readonly credentials: CredentialStore;
  readonly reports: SwarmReports;
  readonly binhost: Binhost;
  readonly logs: BuildLogs;
  readonly hub: EventHub;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly policy: Policy;
};
