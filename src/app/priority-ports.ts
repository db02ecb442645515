import type { Actor } from '../core/actor.ts';
import type { DroneId, SessionId } from '../core/ids.ts';
import type { CareSettings, CareWish } from './escalation-ports.ts';
import type { StoredEvent } from './ports.ts';

/** Which packages are meant: of one session, or wherever they are queued. */
export type PackageWish = {
  /** As the queue names it, or with or without its version. */
  readonly package: string;
  readonly sessionId: SessionId | null;
};

/** What is said of a session; what is undefined stays as it is. */
export type SessionPriority = { readonly bump: number | undefined; readonly weight: number | undefined };

export type PriorityWrites = {
  /** More goes first; says how many packages that are not received have it now. */
  bumpPackages(
    wish: PackageWish,
    bump: number,
    by: Actor,
    now: number,
  ): Promise<{ readonly bumped: number; readonly events: readonly StoredEvent[] }>;
  /** Only of sessions that are active. */
  prioritiseSession(
    id: SessionId,
    priority: SessionPriority,
    by: Actor,
    now: number,
  ): Promise<
    | { readonly ended: 'unknown' | 'completed' | 'aborted' }
    | { readonly ended: 'no'; readonly events: readonly StoredEvent[] }
  >;
};

/** What is said of a drone; what is undefined stays as it is. */
export type NodeWish = {
  /** Null for all of its cores. */
  readonly coresLimit: number | null | undefined;
  readonly labels: readonly string[] | undefined;
  /** Of it as a machine. */
  readonly care: CareWish;
};

export type NodeSettings = {
  readonly id: DroneId;
  readonly name: string;
  readonly coresLimit: number | null;
  readonly labels: readonly string[];
  readonly care: CareSettings;
};

export type NodeSettingWrites = {
  /** Undefined when there is no drone of this id or name. */
  setNode(
    idOrName: string,
    wish: NodeWish,
    by: Actor,
    now: number,
  ): Promise<{ readonly node: NodeSettings; readonly events: readonly StoredEvent[] } | undefined>;
};
