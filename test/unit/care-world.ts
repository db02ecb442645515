import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { DEFAULT_ESCALATION_POLICY, type EscalationPolicy } from '../../src/core/escalation/escalation-policy.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { run } from '../../src/testing/provisioning-world.ts';
import { until } from '../../src/testing/real-swarm.ts';
import { type SshServer, sshServer } from './ssh-server.ts';

/** An address of nobody: tests lead it to this machine. */
export const ADDRESS = '192.0.2.50';
const MINUTE_MS = 60_000;

type Init = 'openrc' | 'systemd' | 'none';
type Case = ReplyOf<Api['escalations']>['escalations'][number];

export type CareWorld = {
  readonly swarm: ControlPlaneWorld;
  /** What the host takes for `/`. */
  readonly root: string;
  /** What the stubs of the init system were asked for. */
  calls(): Promise<string[]>;
  /** Processes of the agent that run on the host. */
  agents(): Promise<number[]>;
  /** Let so much time pass, in steps, with everything that runs by itself. */
  pass(ms: number): Promise<void>;
  /** Until this holds for the newest escalation; its steps as words. */
  passUntil(what: string, holds: (found: Case) => boolean): Promise<Case>;
  newest(): Promise<Case | undefined>;
  /** The agent says that it is there. */
  heartbeat(): Promise<void>;
  /** Start what the service of the host starts. */
  startService(): Promise<void>;
  close(): Promise<void>;
};

export type CareOptions = {
  readonly init?: Init;
  /** In the settings of the drone on the host. */
  readonly hostName?: string;
  readonly policy?: Partial<EscalationPolicy>;
  readonly protectedHosts?: readonly string[];
  /** False: the key of the host is known to nobody. */
  readonly isKnown?: boolean;
  /** What the service does when it is started: run the agent, or nothing. */
  readonly starts?: 'agent' | 'nothing';
  readonly settings?: Record<string, unknown>;
};

/**
 * A control plane with a drone that has said that it is there, and a host that a real SSH server leads to: its init
 * system is a stub, its processes are real. The caller closes it.
 */
export async function careWorld(options: CareOptions = {}): Promise<CareWorld> {
  const { init = 'openrc', hostName = 'anvil', policy = {}, isKnown = true, settings = {} } = options;
  const dir = await mkdtemp(join(tmpdir(), 'care-'));
  const root = join(dir, 'root');
  const bin = join(dir, 'bin');
  await makeHost(root, { init, hostName });
  await makeStubs(bin, { root, starts: options.starts ?? 'agent' });
  const ssh = await sshServer(join(dir, 'sshd'), { PATH: `${bin}:${process.env['PATH'] ?? ''}` });
  await mustUseStubs(ssh, bin);
  const swarm = await controlPlaneWorld(
    {},
    undefined,
    (defaults) => ({
      ...defaults,
      protectedHosts: options.protectedHosts ?? [],
      escalation: { periodMs: 15_000, policy: { ...DEFAULT_ESCALATION_POLICY, ...policy } },
    }),
    { care: { root, sshOptions: [...(isKnown ? ssh.options : ssh.strangerOptions), '-o', 'HostName=127.0.0.1'] } },
  );
  await swarm.join('d-1', { name: 'anvil', ip: ADDRESS });
  await swarm.post('/api/v1/nodes/anvil/settings', { ssh_user: ssh.user, ssh_port: ssh.port, ...settings });
  swarm.plane().services.start();
  const agents = async () =>
    (await run('pgrep', ['-f', `^sh ${root}/opt/build-swarm/lib/`])).stdout.split('\n').filter(Boolean).map(Number);
  const newest = async () => (await swarm.get<ReplyOf<Api['escalations']>>('/api/v1/escalations')).body.escalations[0];
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += MINUTE_MS) await oneTick(swarm);
  };
  return {
    ...{ swarm, root, agents, newest, pass },
    calls: async () => (await readFile(join(bin, 'calls'), 'utf8').catch(() => '')).split('\n').filter(Boolean),
    passUntil: async (what, holds) => {
      for (let ticks = 0; ticks < 400; ticks += 1) {
        const found = await newest();
        if (found !== undefined && holds(found)) return found;
        await oneTick(swarm);
      }
      throw new Error(`it never came to this: ${what}; ${JSON.stringify(await newest(), null, 1)}`);
    },
    heartbeat: () => swarm.join('d-1', { name: 'anvil', ip: ADDRESS }),
    startService: async () => void (await run(join(bin, 'start-agent'), [])),
    close: async () => {
      await swarm.plane().services.stop();
      await swarm.close();
      await ssh.close();
      for (const pid of await agents()) process.kill(pid, 'SIGTERM');
      await until('no agent runs any more', async () => (await agents()).length === 0);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A minute, and all that is done in it, real SSH among it. */
async function oneTick(swarm: ControlPlaneWorld): Promise<void> {
  const runsOf = () =>
    swarm
      .plane()
      .services.states()
      .find(({ name }) => name === 'escalation');
  const before = runsOf()?.runs ?? 0;
  await until('the service sleeps', () => Promise.resolve(runsOf()?.isRunning === false));
  swarm.clock.advance(MINUTE_MS);
  await until('the drones were looked after', () => Promise.resolve((runsOf()?.runs ?? 0) > before));
}

async function makeHost(root: string, { init, hostName }: { readonly init: Init; readonly hostName: string }) {
  const files: [string, string][] = [
    ['etc/build-swarm/drone.conf', `GATEWAY_URL="http://192.0.2.1:8100"\nNODE_NAME="${hostName}"\n`],
    ['opt/build-swarm/bin/swarm-drone', `#!/bin/sh\nexec sh ${root}/opt/build-swarm/lib/swarm-drone.mjs\n`],
    // It has a build at work, which a hard restart must end too.
    [
      'opt/build-swarm/lib/swarm-drone.mjs',
      "sleep 1000 &\nbuild=$!\ntrap 'kill $build; exit' TERM\nwhile sleep 1; do :; done\n",
    ],
    ['var/cache/keep', ''],
    ['var/log/build-swarm/drone.log', ''],
    ...(init === 'openrc'
      ? ([
          ['etc/init.d/swarm-drone', ''],
          ['run/openrc/keep', ''],
        ] as [string, string][])
      : []),
    ...(init === 'systemd' ? ([['run/systemd/system/keep', '']] as [string, string][]) : []),
  ];
  for (const [path, text] of files) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), text);
  }
  await chmod(join(root, 'opt/build-swarm/bin/swarm-drone'), 0o755);
}

/** Init systems as the script asks them, which do what they are asked with real processes, and write it down. */
async function makeStubs(bin: string, { root, starts }: { readonly root: string; readonly starts: string }) {
  const program = `${root}/opt/build-swarm/bin/swarm-drone`;
  const pids = `pgrep -f '^sh ${root}/opt/build-swarm/lib/'`;
  const head = `#!/bin/sh\nnote() { echo "$*" >>${bin}/calls; }\n`;
  const service = `up() { [ -n "$(${pids})" ]; }
stop() { kill $(${pids}) 2>/dev/null; while up; do sleep 0.1; done; }
`;
  const stubs: Record<string, string> = {
    'start-agent': `#!/bin/sh\n${starts === 'agent' ? `setsid ${program} >/dev/null 2>&1 </dev/null &\nsleep 0.2\n` : 'true\n'}`,
    'rc-service': `${head}${service}[ "$2" = status ] || note rc-service "$@"
case $2 in
  status) up ;;
  stop) stop ;;
  restart) stop; ${bin}/start-agent ;;
  start) ${bin}/start-agent ;;
esac
`,
    systemctl: `${head}${service}case $1 in is-active | cat) ;; *) note systemctl "$@" ;; esac
case $1 in
  is-active) up ;;
  restart) stop; ${bin}/start-agent ;;
  start) ${bin}/start-agent ;;
  kill) for pid in $(${pids}); do kill -KILL $pid $(pgrep -P $pid) 2>/dev/null; done ;;
esac
`,
    reboot: `${head}note reboot\n`,
    sudo: '#!/bin/sh\nshift\nexec "$@"\n',
    'systemd-detect-virt': '#!/bin/sh\nexit 1\n',
    df: '#!/bin/sh\necho head\necho "/dev/root 100 40 60 40% /"\n',
  };
  await mkdir(bin, { recursive: true });
  for (const [name, text] of Object.entries(stubs)) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
}

/** A test that rebooted this machine would be the last one. */
async function mustUseStubs(ssh: SshServer, bin: string): Promise<void> {
  const where = ['-p', String(ssh.port), '-l', ssh.user, '127.0.0.1', 'command -v reboot systemctl'];
  const { stdout } = await run('ssh', ['-T', ...ssh.options, ...where]);
  if (stdout !== `${bin}/reboot\n${bin}/systemctl\n`) throw new Error(`the stubs are not used, but ${stdout}`);
}

/** Minutes as milliseconds. */
export function minutes(count: number): number {
  return count * MINUTE_MS;
}

/** Steps and how they ended, without the probes. */
export function stepsOf({ steps }: Case): string[] {
  return steps.filter(({ step }) => step !== 'probe').map(({ step, outcome }) => `${step}: ${outcome}`);
}
