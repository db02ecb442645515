import type { Escalation, KeptStep, StoredDrone } from '../../app/escalation-ports.ts';
import type { JudgedProbe } from '../../core/escalation/probe-verdict.ts';
import {
  type Ending,
  type Machine,
  type OpenCase,
  type RebootRule,
  STEPS,
  type Suspicion,
  type TakenStep,
} from '../../core/escalation/watched-drone.ts';
import { jsonObject, runningBuilds, toMs } from './rows.ts';

/** What is told of one drone as a machine. */
export type CareRow = {
  readonly protected: 0 | 1 | null;
  readonly machine: Machine | null;
  readonly reboot: RebootRule | null;
  readonly ssh_address: string | null;
  readonly ssh_user: string | null;
  readonly ssh_port: number | null;
};

/** A drone with everything that whoever looks after it has to know. */
export type FleetRow = CareRow & {
  readonly id: string;
  readonly name: string;
  readonly ip: string;
  readonly paused: 0 | 1;
  readonly last_seen: number;
  readonly cores: number | null;
  readonly capabilities_json: string;
  readonly running_json: string;
  readonly failures: number | null;
  readonly grounded_until: number | null;
  readonly last_probe_result: string | null;
  readonly last_reboot: number | null;
  readonly last_success: number | null;
  readonly case_id: number | null;
  readonly last_case_id: number | null;
  readonly last_closed_at: number | null;
  readonly last_ending: Ending | null;
};

export type CaseRow = {
  readonly id: number;
  readonly drone_id: string;
  readonly drone: string;
  readonly suspicion: Suspicion;
  readonly says: string;
  readonly opened_at: number;
  readonly quiet_since: number | null;
  readonly asked_at: number | null;
  readonly in_vain: number;
  readonly closed_at: number | null;
  readonly ending: Ending | null;
};

export type StepRow = {
  readonly escalation_id: number;
  readonly step: KeptStep['step'];
  readonly because: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly outcome: KeptStep['outcome'];
  readonly says: string | null;
  readonly probe_json: string | null;
};

/** Who logs in where nobody says otherwise, as version 3.1 did. */
const USER = 'root';

export function storedDrone(row: FleetRow, openCase: OpenCase | null): StoredDrone {
  const address = row.ssh_address ?? row.ip;
  return {
    id: row.id,
    name: row.name,
    address,
    registeredAt: row.ip,
    host: address === '' ? null : { address, user: row.ssh_user ?? USER, port: row.ssh_port },
    isPaused: row.paused === 1,
    isProtected: row.protected === 1,
    lastSeenAt: toMs(row.last_seen),
    groundedUntil: msOrNull(row.grounded_until),
    failures: row.failures ?? 0,
    idleS: Math.max(0, ...runningBuilds(row.running_json).map(({ idle_s: idleS }) => idleS ?? 0)),
    cores: row.cores,
    machine: row.machine,
    rebootRule: row.reboot ?? 'by-machine',
    agentAllowsReboot: jsonObject(row.capabilities_json)['auto_reboot'] !== false,
    lastRebootAt: msOrNull(row.last_reboot),
    lastSuccessAt: msOrNull(row.last_success),
    probe: probeIn(row.last_probe_result),
    openCase,
    lastCase:
      row.last_case_id === null || row.last_closed_at === null || row.last_ending === null
        ? null
        : { id: row.last_case_id, closedAt: toMs(row.last_closed_at), ending: row.last_ending },
  };
}

export function openCase(row: CaseRow, steps: readonly StepRow[]): OpenCase {
  return {
    id: row.id,
    suspicion: row.suspicion,
    openedAt: toMs(row.opened_at),
    quietSince: msOrNull(row.quiet_since),
    askedAt: msOrNull(row.asked_at),
    inVain: row.in_vain,
    steps: steps.flatMap(takenStep),
  };
}

function takenStep({ step, started_at: startedAt, ended_at: endedAt }: StepRow): TakenStep[] {
  const taken = STEPS.find((each) => each === step);
  return taken === undefined ? [] : [{ step: taken, startedAt: toMs(startedAt), endedAt: msOrNull(endedAt) }];
}

export function escalation(row: CaseRow, steps: readonly StepRow[]): Escalation {
  return {
    id: row.id,
    droneId: row.drone_id,
    drone: row.drone,
    suspicion: row.suspicion,
    says: row.says,
    openedAt: toMs(row.opened_at),
    quietSince: msOrNull(row.quiet_since),
    askedAt: msOrNull(row.asked_at),
    closedAt: msOrNull(row.closed_at),
    ending: row.ending,
    steps: steps.map((step) => ({
      step: step.step,
      because: step.because,
      startedAt: toMs(step.started_at),
      endedAt: msOrNull(step.ended_at),
      outcome: step.outcome,
      says: step.says,
      // Written by us.
      probe: step.probe_json === null ? null : (JSON.parse(step.probe_json) as JudgedProbe),
    })),
  };
}

/** The last probe as the contract has it since version 3.1, with what we make of it beside. */
export function probeText(drone: { readonly name: string; readonly address: string }, probe: JudgedProbe): string {
  const { facts, status, says, at } = probe;
  const checks = facts && {
    PROC: facts.agents,
    LOAD: facts.load,
    DISK: facts.diskPercent,
    EMERGE: facts.emerges,
    UPTIME: facts.uptimeS,
  };
  const texts = Object.entries(checks ?? {}).flatMap(([name, value]) => (value === null ? [] : [[name, `${value}`]]));
  return JSON.stringify({
    drone: drone.name,
    ip: drone.address,
    timestamp: at / 1000,
    checks: Object.fromEntries(texts) as Record<string, string>,
    status,
    ...(facts === null ? { error: says } : {}),
    says,
    facts,
  });
}

/** One of version 3.1 says nothing that we could use. */
function probeIn(text: string | null): JudgedProbe | null {
  if (text === null) return null;
  const { timestamp, status, says, facts } = jsonObject(text);
  if (typeof timestamp !== 'number' || typeof says !== 'string' || facts === undefined) return null;
  // Written by `probeText`, which puts nothing else there.
  return { at: toMs(timestamp), says, status, facts } as JudgedProbe;
}

function msOrNull(seconds: number | null): number | null {
  return seconds === null ? null : toMs(seconds);
}
