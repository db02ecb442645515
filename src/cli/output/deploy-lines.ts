import type { Deployment, DeployWish } from '../../fleet/deploy-host.ts';
import type { Terminal } from '../frame/terminal.ts';
import { sectionHead } from './section.ts';
import { oneLine, wrap } from './text.ts';
import { tookText } from './times.ts';

type Flags = {
  readonly name?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly prune?: boolean | undefined;
  readonly prefix?: string | undefined;
  readonly user?: string | undefined;
  readonly port?: string | undefined;
  readonly identity?: string | undefined;
  readonly sshConfig?: string | undefined;
};

/** What is about to be done, before it is. */
export function deployHead(wishes: readonly DeployWish[], flags: Flags, { style }: Terminal): string[] {
  const label = (name: string, value: string) => `  ${style.dim(name.padEnd(14))} ${value}`;
  const [first] = wishes;
  return [
    ...sectionHead('Drone Deploy', style),
    label(wishes.length === 1 ? 'Target:' : 'Targets:', wishes.map(({ host }) => oneLine(host.address)).join(', ')),
    ...(flags.name === undefined ? [] : [label('Name:', flags.name)]),
    label('Control plane:', first?.controlPlaneUrl ?? first?.ownUrl ?? '-'),
    ...(flags.prune === true ? [label('Prune:', 'yes, after asking')] : []),
    ...(flags.dryRun === true ? [label('Dry run:', 'yes, nothing is changed')] : []),
    '',
  ];
}

/** How it ended, and what to do next where it did not end well. */
export function deploymentLines(done: readonly Deployment[], flags: Flags, terminal: Terminal): string[] {
  return ['', ...done.flatMap((each) => [...linesOf(each, flags, terminal), '']), ...summary(done, terminal)];
}

function linesOf(deployment: Deployment, flags: Flags, { style, width }: Terminal): string[] {
  const { address, name, failure, controlPlaneUrl, hasChanged, steps } = deployment;
  const who = name === null ? oneLine(address) : `${oneLine(name)} (${oneLine(address)})`;
  const took = tookText(steps.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0));
  const columns = Number.isFinite(width) ? width - 4 : 110;
  if (failure === null) {
    if (flags.dryRun === true) return [`  ${style.green('Dry run done:')} ${who}, ${took}; nothing was changed.`];
    const changed = hasChanged ? `it took ${took}` : 'nothing had to be changed';
    const [first = '', ...rest] = wrap(
      `Deployment successful! ${who} is a drone of ${controlPlaneUrl} and online; ${changed}.`,
      columns,
    );
    return [`  ${style.green(first)}`, ...rest.map((line) => `  ${line}`)];
  }
  const title = steps.find(({ id }) => id === failure.step)?.title ?? failure.step;
  const head = wrap(`Deployment failed: ${who}, at the step "${oneLine(title)}", after ${took}`, columns);
  return [
    ...head.map((line) => `  ${style.red(line)}`),
    ...wrap(oneLine(failure.message), columns).map((line) => `    ${line}`),
    ...(failure.lines.length === 0 ? [] : ['', `  ${style.dim('The last lines:')}`]),
    ...failure.lines.map((line) => `    ${oneLine(line)}`.trimEnd()),
    ...advice(deployment, flags, columns).map((line) => `  ${line}`.trimEnd()),
  ];
}

function advice({ address, name, failure }: Deployment, flags: Flags, columns: number): string[] {
  if (failure?.step === 'connect') return [];
  const said = {
    ...{ '--name': name ?? undefined, '--prefix': flags.prefix, '--user': flags.user, '--port': flags.port },
    ...{ '--identity': flags.identity, '--ssh-config': flags.sshConfig },
  };
  const again = Object.entries(said).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
  if (flags.prune === true) again.push('--prune');
  const command = ['build-swarmv3 drone deploy', address, ...again].join(' ');
  return [
    '',
    ...wrap(
      'What was done stays done, and the host is as usable as it was. When the cause is gone, go on with:',
      columns,
    ),
    `  ${command}`,
  ];
}

function summary(done: readonly Deployment[], { style }: Terminal): string[] {
  if (done.length < 2) return [];
  const failed = done.filter(({ failure }) => failure !== null);
  const counts = `${done.length - failed.length} deployed, ${failed.length} failed`;
  return [
    `  ${counts}`,
    ...(failed.length === 0
      ? []
      : [`  ${style.red('Failed:')} ${failed.map(({ address }) => oneLine(address)).join(', ')}`]),
    '',
  ];
}

/** The same for programs. */
export function deploymentReport({ address, name, failure, ...rest }: Deployment) {
  return {
    host: address,
    name,
    drone_id: rest.droneId,
    control_plane: rest.controlPlaneUrl,
    status: failure === null ? 'done' : 'failed',
    changed: rest.hasChanged,
    steps: rest.steps,
    error: failure,
  };
}
