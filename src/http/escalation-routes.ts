import type { FastifyInstance } from 'fastify';
import type { CareSettings, Escalation, KeptStep } from '../app/escalation-ports.ts';
import type { Escalations } from '../app/escalations.ts';
import { type Api, api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import { actorOf } from './actor.ts';
import { route } from './route.ts';

const DEFAULT_LIMIT = 50;

/** What the HTTP face asks about drones that do not go on. */
export type EscalationUseCases = Escalations & { readonly limit: string };

/** Drones that did not go on, and what was said of them as machines. */
export function registerEscalationRoutes(app: FastifyInstance, escalations: EscalationUseCases): void {
  route(app, api.escalations, async ({ query }) => {
    const { drone = null, open, before = null, limit = DEFAULT_LIMIT } = query;
    const found = await escalations.list({ drone, isOpen: open, before, limit });
    return { limit: escalations.limit, escalations: found.map(present) };
  });

  route(app, api.closeEscalation, async ({ params }, { request }) =>
    present(await escalations.close(params.id, actorOf(request))),
  );

  route(app, api.nodeCare, async ({ params }) => {
    const care = await escalations.careOf(params.id);
    return { id: care.id, name: care.name, ...presentCare(care) };
  });
}

/** As the wire names it. */
export function presentCare(care: CareSettings) {
  return {
    ...{ protected: care.isProtected, machine: care.machine, reboot: care.rebootRule },
    ...{ ssh_address: care.sshAddress, ssh_user: care.sshUser, ssh_port: care.sshPort },
  };
}

function present(escalation: Escalation): ReplyOf<Api['closeEscalation']> {
  return {
    id: escalation.id,
    drone_id: escalation.droneId,
    drone: escalation.drone,
    suspicion: escalation.suspicion,
    says: escalation.says,
    state: stateOf(escalation),
    opened_at: escalation.openedAt / 1000,
    asked_at: seconds(escalation.askedAt),
    closed_at: seconds(escalation.closedAt),
    ending: escalation.ending,
    steps: escalation.steps.map(presentStep),
  };
}

function stateOf({ closedAt, quietSince, askedAt }: Escalation): 'open' | 'settling' | 'asked' | 'closed' {
  if (closedAt !== null) return 'closed';
  if (quietSince !== null) return 'settling';
  return askedAt === null ? 'open' : 'asked';
}

function presentStep({ step, because, startedAt, endedAt, outcome, says, probe }: KeptStep) {
  const times = { started_at: startedAt / 1000, ended_at: seconds(endedAt) };
  return { step, because, ...times, outcome, says, probe: probe === null ? null : presentProbe(probe) };
}

function presentProbe({ status, facts }: NonNullable<KeptStep['probe']>) {
  return {
    ...{ status, load: facts?.load ?? null, cores: facts?.cores ?? null },
    ...{ memory_mb: facts?.memoryMb ?? null, memory_free_mb: facts?.memoryFreeMb ?? null },
    ...{ disk_percent: facts?.diskPercent ?? null, agents: facts?.agents ?? null, emerges: facts?.emerges ?? null },
    ...{ emerge_age_s: facts?.emergeAgeS ?? null, uptime_s: facts?.uptimeS ?? null, init: facts?.init ?? null },
    ...{ service: facts?.service ?? null, machine: facts?.machine ?? null },
  };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
