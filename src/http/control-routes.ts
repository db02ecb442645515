import type { FastifyInstance } from 'fastify';
import type { Control } from '../app/control-swarm.ts';
import { findSession } from '../app/find-session.ts';
import type { PreviewedPackage } from '../app/preview-queue.ts';
import { api } from '../contract/api.ts';
import type { ParsedRequestOf, ReplyOf } from '../contract/endpoint.ts';
import { CONTROL_ACTIONS } from '../contract/queue.ts';
import type { Actor } from '../core/actor.ts';
import { SwarmError } from '../core/errors.ts';
import { actorOf } from './actor.ts';
import { presentCare } from './escalation-routes.ts';
import { presentPreviewed } from './present-preview.ts';
import { route } from './route.ts';
import type { HttpOptions, UseCases } from './use-cases.ts';

/** What operators change. */
export function registerControlRoutes(app: FastifyInstance, { useCases }: HttpOptions): void {
  const { control, steering } = useCases;

  route(app, api.queueAdd, async ({ body }, { request }) => {
    const wish = {
      packages: body.packages ?? [],
      plan: body.plan ?? null,
      sessionName: body.session_name ?? null,
      portageTimestamp: body.portage_timestamp ?? null,
      labels: body.labels ?? [],
      isRebuild: body.rebuild ?? false,
    };
    if (body.dry_run === true) return previewReply(await useCases.previewQueue(wish), body.portage_timestamp ?? null);
    const reply = await useCases.queuePackages(wish, actorOf(request));
    return {
      status: 'ok',
      queued: reply.queued,
      session_id: reply.sessionId,
      portage_timestamp: body.portage_timestamp ?? null,
      reused: reply.reused,
      refused: reply.refused,
      skipped: [...reply.skipped],
    };
  });

  route(app, api.queueRemove, async ({ body }, { request }) => {
    const wish = {
      ...{ packages: body.packages ?? [], states: body.states ?? [], sessionId: body.session_id ?? null },
      ...{ dependents: body.dependents, isTrial: body.dry_run },
    };
    const { removed, takenBack, dependents, stranded, packages } = await useCases.removePackages(
      wish,
      actorOf(request),
    );
    return {
      status: body.dry_run ? ('would_remove' as const) : ('removed' as const),
      ...{ removed, reclaimed: takenBack, dependents, stranded, packages: [...packages] },
    };
  });

  route(app, api.control, ({ body }, { request }) =>
    body.action === 'prioritise'
      ? prioritise(useCases, body, actorOf(request))
      : carryOut(control, body, actorOf(request)),
  );

  route(app, api.nodeSettings, async ({ params, body }, { request }) => {
    const care = {
      ...{ isProtected: body.protected, machine: body.machine, rebootRule: body.reboot },
      ...{ sshAddress: body.ssh_address, sshUser: body.ssh_user, sshPort: body.ssh_port },
    };
    const wish = { coresLimit: body.cores_limit, labels: body.labels, care };
    const node = await steering.setNode(params.id, wish, actorOf(request));
    const { name, coresLimit, labels } = node;
    return { status: 'ok' as const, name, cores_limit: coresLimit, labels: [...labels], ...presentCare(node.care) };
  });

  route(app, api.pauseNode, async ({ params }, { request }) => ({
    status: 'paused',
    name: await control.setNodePaused(params.id, true, actorOf(request)),
  }));

  route(app, api.resumeNode, async ({ params }, { request }) => ({
    status: 'resumed',
    name: await control.setNodePaused(params.id, false, actorOf(request)),
  }));

  route(app, api.deleteNode, async ({ params }, { request }) => ({
    status: 'deleted',
    id: await control.removeNode(params.id, actorOf(request)),
  }));

  route(app, api.abortSession, async ({ params }, { request }) => ({
    status: 'aborted' as const,
    id: params.id,
    given_up: await control.abortSession(params.id, actorOf(request)),
  }));
}

function previewReply(
  packages: readonly PreviewedPackage[],
  portageTimestamp: string | null,
): ReplyOf<typeof api.queueAdd> {
  const having = (outcome: PreviewedPackage['outcome']) => packages.filter((each) => each.outcome === outcome);
  return {
    status: 'ok',
    queued: having('build').length,
    session_id: null,
    portage_timestamp: portageTimestamp,
    reused: having('reuse').length,
    refused: having('blocked').length,
    skipped: having('skip').map((each) => each.package),
    dry_run: true,
    packages: packages.map(presentPreviewed),
  };
}

async function prioritise(
  { steering, reports }: Pick<UseCases, 'steering' | 'reports'>,
  order: Order,
  by: Actor,
): Promise<ReplyOf<typeof api.control>> {
  const { package: name, session_id: asked, bump, weight } = order;
  const sessionId = asked == null ? null : await findSession(reports, asked);
  if (name != null) {
    if (weight !== undefined) throw new SwarmError('BAD_REQUEST', 'weight: only a session has one');
    if (bump === undefined) throw new SwarmError('BAD_REQUEST', 'bump: say how urgent, -100 to 100; 0 takes it back');
    return {
      status: 'ok',
      prioritised: await steering.bumpPackages({ package: name, sessionId }, bump, by),
    };
  }
  if (sessionId === null) throw new SwarmError('BAD_REQUEST', 'package: name a package, or a session with session_id');
  if (bump === undefined && weight === undefined)
    throw new SwarmError('BAD_REQUEST', 'bump: give bump, weight or both');
  await steering.prioritiseSession(sessionId, { bump, weight }, by);
  return { status: 'ok', prioritised: 1 };
}

type Order = ParsedRequestOf<typeof api.control>['body'];

async function carryOut(control: Control, order: Order, by: Actor): Promise<ReplyOf<typeof api.control>> {
  const wish = { package: order.package ?? null, alsoFailed: order.action === 'clear_failures' };
  switch (order.action) {
    case 'pause':
      await control.setPaused(true, by);
      return { status: 'paused' };
    case 'resume':
      await control.setPaused(false, by);
      return { status: 'active' };
    case 'unblock':
      return { status: 'ok', unblocked: await control.unblock(wish, by) };
    case 'retry_failures':
      return { status: 'ok', requeued: await control.unblock(wish, by) };
    case 'clear_failures':
      return { status: 'ok', cleared: await control.unblock(wish, by) };
    case 'unground':
      return { status: 'ok', ungrounded: await control.unground(order.drone_id ?? null, by) };
    case 'reset':
      return { status: 'reset', affected: await control.reset(by) };
    case 'rebalance':
    case 'optimize':
      return { status: 'ok', reclaimed: await control.rebalance(by) };
    case 'expect_portage_timestamp':
      await control.expectPortageTimestamp(order.portage_timestamp || null, by);
      return { status: 'ok' };
    default:
      throw new SwarmError('BAD_REQUEST', `Unknown action: ${order.action} (known: ${CONTROL_ACTIONS.join(', ')})`);
  }
}
