import { describe, expect, onTestFinished, test } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { run } from '../../src/testing/provisioning-world.ts';
import { ADDRESS, type CareOptions, careWorld, minutes, stepsOf } from './care-world.ts';
import { SSHD } from './ssh-server.ts';

async function setup(options: CareOptions = {}) {
  const world = await careWorld(options);
  onTestFinished(() => world.close());
  return world;
}

type World = Awaited<ReturnType<typeof setup>>;

async function told(world: World): Promise<string[]> {
  const { body } = await world.swarm.get<ReplyOf<Api['events']>>('/api/v1/events?since=0');
  return body.events
    .filter(({ type, details }) => type === 'escalation' || (type === 'control' && 'step' in details))
    .map(({ message }) => message);
}

async function childrenOf(pid: number): Promise<number[]> {
  const { stdout } = await run('pgrep', ['-P', String(pid), '-f', 'sleep 1000']);
  return stdout.split('\n').filter(Boolean).map(Number);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const WALKS: Record<'openrc' | 'systemd', string[]> = {
  openrc: ['rc-service swarm-drone restart', 'rc-service swarm-drone zap', 'rc-service swarm-drone start', 'reboot'],
  systemd: [
    'systemctl reset-failed swarm-drone.service',
    'systemctl restart swarm-drone.service',
    'systemctl kill --signal=KILL swarm-drone.service',
    'systemctl reset-failed swarm-drone.service',
    'systemctl start swarm-drone.service',
    'systemctl reboot',
  ],
};

describe.skipIf(SSHD === undefined)('with a real SSH server', { timeout: 240_000 }, () => {
  test.each(['openrc', 'systemd'] as const)(
    'a drone on %s that does not come back: the ladder to its end',
    async (init) => {
      const world = await setup({ init, settings: { machine: 'vm' } });
      await world.startService();

      const found = await world.passUntil('a person was asked', ({ state }) => state === 'asked');

      expect(stepsOf(found)).toEqual(['restart: done', 'hard-restart: done', 'reboot: done', 'ask: done']);
      expect(await world.calls()).toEqual(WALKS[init]);
      expect(found.steps[0]).toMatchObject({
        step: 'probe',
        probe: { status: 'ok', agents: 1, init, disk_percent: 40 },
      });
      const gaps = found.steps.filter(({ step }) => step !== 'probe').map(({ started_at: at }) => at);
      expect(gaps.slice(1).map((at, index) => at - (gaps[index] ?? 0) >= 300)).toEqual([true, true, true]);
      const messages = await told(world);
      expect(messages.filter((message) => !message.includes('probed'))).toEqual([
        expect.stringMatching(/^anvil is looked at: nothing was heard of it for \d+ s$/),
        expect.stringMatching(/^anvil: restarting its service \(nothing was heard of it for \d+ s; it answers/),
        'anvil service restarted via SSH',
        expect.stringMatching(/^anvil: killing its agent and all that it runs, and starting it anew \(/),
        'anvil service killed and started via SSH',
        expect.stringMatching(/^anvil: rebooting it \(/),
        'anvil rebooted via SSH (escalation)',
        expect.stringMatching(/^anvil needs somebody: .*restarts and a reboot did not help$/),
      ]);
      await world.pass(minutes(30));
      expect(await world.calls()).toEqual(WALKS[init]);
    },
  );

  test('a drone that comes back is left alone; when it goes again soon, the next step is taken', async () => {
    const world = await setup();
    await world.passUntil('it was restarted', (found) => stepsOf(found).includes('restart: done'));
    expect(await world.agents()).toHaveLength(1);
    for (let beat = 0; beat < 5; beat += 1) {
      await world.heartbeat();
      await world.pass(minutes(1));
    }
    expect(await world.newest()).toMatchObject({ state: 'closed', ending: 'well' });

    const found = await world.passUntil('it was restarted again', (each) => stepsOf(each).length === 2);

    expect(stepsOf(found)).toEqual(['restart: done', 'hard-restart: done']);
    expect((await told(world)).filter((message) => message.includes('is looked at again'))).toHaveLength(1);
  });

  test('a hard restart ends the agent with its builds, and starts a new one', async () => {
    const world = await setup({ init: 'none' });
    await world.startService();
    await world.passUntil('it was restarted', (each) => stepsOf(each).includes('restart: done'));
    const [before = 0] = await world.agents();
    const builds = await childrenOf(before);

    const found = await world.passUntil('it was killed', (each) => stepsOf(each).includes('hard-restart: done'));

    expect(stepsOf(found)).toEqual(['restart: done', 'hard-restart: done']);
    const after = await world.agents();
    expect([after.length, after[0] === before]).toEqual([1, false]);
    expect([builds.length > 0, builds.filter(isAlive)]).toEqual([true, []]);
  });

  test('a restart after which no agent runs has failed, and says so; a machine of its own is not rebooted', async () => {
    const world = await setup({ starts: 'nothing', settings: { machine: 'metal' } });

    const found = await world.passUntil('a person was asked', ({ state }) => state === 'asked');

    expect(stepsOf(found)).toEqual(['restart: failed', 'hard-restart: failed', 'ask: done']);
    expect(found.steps.find(({ step }) => step === 'restart')?.says).toBe(
      'the service was started, but its agent does not run (stopped)',
    );
    expect(found.steps.at(-1)?.because).toContain('it is a machine of its own, which is not rebooted');
    expect(await world.calls()).not.toContain('reboot');
  });

  test('another host at the address of the drone is not touched', async () => {
    const world = await setup({ hostName: 'bellows' });

    const found = await world.passUntil('a person was asked', ({ state }) => state === 'asked');

    expect([stepsOf(found), await world.calls()]).toEqual([['ask: done'], []]);
    expect(found.steps.at(-1)?.because).toContain('the host there calls itself bellows, and not anvil');
  });

  test('a host whose key is not known is not trusted: a person is asked after three probes', async () => {
    const world = await setup({ isKnown: false });

    const found = await world.passUntil('a person was asked', ({ state }) => state === 'asked');

    expect(found.steps.filter(({ step }) => step === 'probe').map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 3 }, () => 'failed'),
    );
    expect(found.steps.at(-1)?.because).toMatch(/cannot be reached by SSH either: .*Host key verification failed/);
    const { body } = await world.swarm.get<ReplyOf<Api['droneHealth']>>('/api/v1/drone-health');
    expect(body.drones[0]).toMatchObject({ last_probe: { drone: 'anvil', ip: ADDRESS, status: 'unreachable' } });
  });

  test.each<[string, CareOptions]>([
    ['by its address in the settings', { protectedHosts: [ADDRESS] }],
    ['by its name in the settings', { protectedHosts: ['anvil'] }],
    ['by an operator', { settings: { protected: true } }],
    ['because the settings switch all of it off', { policy: { limit: 'off' } }],
  ])('a drone that is protected %s is never looked at', async (_how, options) => {
    const world = await setup(options);

    if (options.policy === undefined) await world.pass(minutes(20));
    else world.swarm.clock.advance(minutes(20));

    expect([await world.newest(), await world.calls()]).toEqual([undefined, []]);
  });

  test('a drone that an operator paused in between is left to him, and one that he sees to begins anew when it was heard of', async () => {
    const world = await setup({ hostName: 'bellows' });
    await world.passUntil('a person was asked', ({ state }) => state === 'asked');

    const { body } = await world.swarm.post('/api/v1/nodes/anvil/escalation/close', {});
    expect(body).toMatchObject({ drone: 'anvil', state: 'closed', ending: 'closed' });
    await world.pass(minutes(10));
    expect(await world.newest()).toMatchObject({ id: 1, state: 'closed' });

    await world.swarm.join('d-1', { name: 'anvil', ip: '192.0.2.50' });
    const again = await world.passUntil('it is looked at again', ({ id, state }) => id === 2 && state === 'asked');
    expect(again).toMatchObject({ state: 'asked', suspicion: 'silent' });

    await world.swarm.post('/api/v1/nodes/anvil/pause', {});
    await world.pass(minutes(1));
    expect(await world.newest()).toMatchObject({ state: 'closed', ending: 'paused' });
  });

  test('a step that was cut off by the end of the control plane is noted as such', async () => {
    // Probed, and nothing done.
    const world = await setup({ policy: { share: 0 } });
    await world.passUntil('it was probed', ({ steps }) => steps.length > 0);
    const { connection } = world.swarm.database();
    connection
      .prepare(
        `INSERT INTO escalation_steps (escalation_id, drone_id, step, because, started_at)
         SELECT id, drone_id, 'restart', 'a test', ? FROM escalations`,
      )
      .run(world.swarm.clock.now() / 1000);
    await world.swarm.plane().services.stop();

    await world.swarm.restart();
    world.swarm.plane().services.start();
    await world.pass(minutes(1));

    const found = await world.newest();
    expect(found && stepsOf(found)).toEqual(['restart: interrupted']);
    expect(await world.calls()).toEqual([]);
  });
});
