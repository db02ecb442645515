import type { JudgedProbe, Probed } from '../core/escalation/probe-verdict.ts';
import type { Suspected } from '../core/escalation/suspicion.ts';
import type { Ending, Machine, RebootRule, Step, Suspicion, WatchedDrone } from '../core/escalation/watched-drone.ts';
import type { SwarmEvent } from '../core/events.ts';
import type { DroneId } from '../core/ids.ts';
import type { StoredEvent } from './ports.ts';
import type { RemoteHost } from './provision-ports.ts';

/** What operators say of one drone; null: nothing, and the usual holds. */
export type CareSettings = {
  readonly isProtected: boolean;
  readonly machine: Machine | null;
  readonly rebootRule: RebootRule;
  /** How to log in there; null for the address that it registered with, for root, for what SSH's configuration says. */
  readonly sshAddress: string | null;
  readonly sshUser: string | null;
  readonly sshPort: number | null;
};

/** What is undefined stays as it is. */
export type CareWish = { readonly [K in keyof CareSettings]: CareSettings[K] | undefined };

/** As the store knows it; what else is to be known of it is added by whoever asks. */
export type StoredDrone = Omit<WatchedDrone, 'isHere'> & {
  /** Where it is logged in to. */
  readonly address: string;
  /** What it said itself. */
  readonly registeredAt: string;
  /** Null where no address is known. */
  readonly host: RemoteHost | null;
};

export type CaredDrone = WatchedDrone & Pick<StoredDrone, 'address' | 'registeredAt' | 'host'>;

/** A step as it is kept, probes and questions to people among them. Times are Unix milliseconds. */
export type KeptStep = {
  readonly step: Step | 'probe' | 'ask';
  /** Why it was taken. */
  readonly because: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** `interrupted`: the control plane ended meanwhile. */
  readonly outcome: 'done' | 'failed' | 'interrupted' | null;
  readonly says: string | null;
  /** Of probes. */
  readonly probe: JudgedProbe | null;
};

/** One escalation from its first suspicion to its end. */
export type Escalation = {
  readonly id: number;
  readonly droneId: DroneId;
  readonly drone: string;
  readonly suspicion: Suspicion;
  readonly says: string;
  readonly openedAt: number;
  readonly quietSince: number | null;
  readonly askedAt: number | null;
  readonly closedAt: number | null;
  readonly ending: Ending | null;
  readonly steps: readonly KeptStep[];
};

export type EscalationFilter = {
  /** Id or name; null for all. */
  readonly drone: string | null;
  readonly isOpen: boolean;
  /** Only those with a smaller id; null for all. */
  readonly before: number | null;
  readonly limit: number;
};

/** An escalation that begins; `reopens` is the one that goes on instead. */
export type Opening = {
  readonly drone: Pick<StoredDrone, 'id' | 'name'>;
  readonly suspected: Suspected;
  readonly reopens: number | null;
};

/** A step that is about to be taken. */
export type StepWish = {
  readonly drone: Pick<WatchedDrone, 'id' | 'lastSeenAt'>;
  readonly caseId: number;
  readonly step: Step | 'probe';
  readonly because: string;
  /** Only if nothing was heard of it meanwhile. */
  readonly isForSilence: boolean;
};

export type StepEnd = {
  readonly stepId: number;
  readonly outcome: 'done' | 'failed';
  readonly says: string;
};

/** What a probe came to, and how many in a row were in vain with it. */
export type ProbeEnd = {
  readonly stepId: number;
  readonly caseId: number;
  readonly drone: Pick<StoredDrone, 'id' | 'name' | 'address'>;
  readonly probe: JudgedProbe;
  readonly inVain: number;
};

/** Escalations as they are kept: each change with its event, all or nothing. */
export type EscalationStore = {
  /** Every known drone, with its escalation if one is open. */
  readFleet(): Promise<readonly StoredDrone[]>;
  open(opening: Opening, event: SwarmEvent, now: number): Promise<readonly StoredEvent[]>;
  setQuiet(caseId: number, since: number | null): Promise<void>;
  close(caseId: number, ending: Ending, event: SwarmEvent, now: number): Promise<readonly StoredEvent[]>;
  /** Undefined where the drone was heard of, paused, protected or removed meanwhile, or something runs for it. */
  begin(
    wish: StepWish,
    event: SwarmEvent | undefined,
    now: number,
  ): Promise<{ readonly stepId: number; readonly events: readonly StoredEvent[] } | undefined>;
  end(end: StepEnd, event: SwarmEvent, now: number): Promise<readonly StoredEvent[]>;
  endProbe(end: ProbeEnd, event: SwarmEvent | undefined, now: number): Promise<readonly StoredEvent[]>;
  ask(caseId: number, says: string, event: SwarmEvent, now: number): Promise<readonly StoredEvent[]>;
  record(event: SwarmEvent, now: number): Promise<readonly StoredEvent[]>;
  /** Steps that ran when the control plane ended are over; what became of them nobody knows. */
  interruptAll(now: number): Promise<void>;
  /** End the escalations of drones that were removed. */
  closeGone(now: number): Promise<void>;
  /** Newest first. */
  list(filter: EscalationFilter): Promise<readonly Escalation[]>;
  /** Undefined when there is no drone of this id or name. */
  careOf(idOrName: string): Promise<(CareSettings & { readonly id: DroneId; readonly name: string }) | undefined>;
};

export type CareRun = {
  readonly host: RemoteHost;
  /** Name of the drone that has to be there. */
  readonly drone: string;
  readonly signal: AbortSignal;
};

/** Looks at drones and brings them back. */
export type DroneHands = {
  probe(run: CareRun): Promise<Probed>;
  /** Says what came of it, in a sentence. */
  take(step: Step, run: CareRun): Promise<{ readonly isDone: boolean; readonly says: string }>;
};
