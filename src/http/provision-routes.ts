import type { FastifyInstance } from 'fastify';
import type { JobReport } from '../app/provision-job.ts';
import { api } from '../contract/api.ts';
import type { ReplyOf } from '../contract/endpoint.ts';
import { SwarmError } from '../core/errors.ts';
import { actorOf } from './actor.ts';
import { controlPlaneUrl } from './control-plane-url.ts';
import { route } from './route.ts';
import type { HttpOptions } from './use-cases.ts';

/** What turns hosts into drones. */
export function registerProvisionRoutes(app: FastifyInstance, options: HttpOptions): void {
  registerFiles(app, options);
  registerJobs(app, options);
}

/** What the agent runs on. */
const NODE = '>=20';

function registerFiles(app: FastifyInstance, { useCases }: HttpOptions): void {
  const { shipped } = useCases.provisioning;
  route(app, api.agent, async (_request, { request, reply }) => {
    const { bytes, sha256 } = await shipped.agent();
    const etag = `"${sha256}"`;
    reply.header('etag', etag).type(api.agent.replyMediaType);
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.send(bytes);
  });

  route(app, api.agentVersion, async () => {
    const { bytes, version, sha256 } = await shipped.agent();
    return { version, sha256, size_bytes: bytes.length, node: NODE };
  });

  route(app, api.bootstrapScript, async (_request, { reply }) =>
    reply.type(api.bootstrapScript.replyMediaType).send(await shipped.bootstrapScript()),
  );
}

function registerJobs(app: FastifyInstance, { useCases, reportIp, port }: HttpOptions): void {
  const { provisioner } = useCases.provisioning;
  app.addHook('preClose', () => provisioner.stop());

  route(app, api.provisionDrone, async ({ body }, { request }) => {
    const { ip, name = null, user } = body;
    if (!ip) throw new SwarmError('BAD_REQUEST', 'Missing IP address');
    const scheme = request.protocol === 'https' ? 'https' : 'http';
    const url = controlPlaneUrl(request, { reportIp, port: port(), target: ip });
    const answer = await provisioner.start(
      {
        host: { address: ip, user, port: body.port ?? null },
        name,
        isJoining: body.join,
        controlPlane: { url, scheme, port: port() },
      },
      actorOf(request),
    );
    if (answer.kind !== 'started') return { status: answer.kind, ip, name, steps: [], error: answer.error };
    const steps = ['ssh_test: ok', 'bootstrap_started'];
    return { status: 'provisioning' as const, ip, name, steps, job: answer.job };
  });

  route(app, api.provisionJobs, async () => ({ jobs: provisioner.list().map(presentJob) }));

  route(app, api.provisionJob, async ({ params }) => {
    const report = provisioner.find(params.id);
    return { ...presentJob(report), log: [...report.log], log_dropped: report.logDropped };
  });
}

function presentJob(report: JobReport): ReplyOf<typeof api.provisionJobs>['jobs'][number] {
  const { id, host, name, by, state, exitCode, error } = report;
  return {
    id,
    ip: host.address,
    name,
    user: host.user,
    actor: by.name,
    state,
    started_at: report.startedAt / 1000,
    ended_at: secondsOrNull(report.endedAt),
    exit_code: exitCode,
    error,
    steps: report.steps.map((step) => ({
      name: step.name,
      started_at: step.startedAt / 1000,
      ended_at: secondsOrNull(step.endedAt),
    })),
  };
}

function secondsOrNull(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
