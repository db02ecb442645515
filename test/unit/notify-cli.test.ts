import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { attend, listEscalations } from '../../src/cli/commands/escalations.ts';
import { listNotifications, testNotifications } from '../../src/cli/commands/notify.ts';
import { controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { freePort } from '../../src/testing/real-swarm.ts';
import { captureTerminal } from './cli-terminal.ts';

type Terminal = ReturnType<typeof captureTerminal>['terminal'];

/** A control plane that listens, with a mail program that takes everything or nothing, and an escalation. */
async function setup({ sendmail = '/bin/true', auth = 'off' }: { sendmail?: string; auth?: 'off' | 'token' } = {}) {
  const world = await controlPlaneWorld({}, { mode: auth, allowsAnonymous: true }, (settings) => ({
    ...settings,
    notifications: { ...settings.notifications, email: { to: ['root'], from: null, sendmail } },
  }));
  onTestFinished(() => world.close());
  const { app } = world.plane();
  await app.listen({ host: '127.0.0.1', port: 0 });
  // It listens on a port.
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  const on = async (command: (terminal: Terminal) => Promise<number>, width = 80) => {
    const { terminal, out } = captureTerminal({ SWARMV3_URL: url, XDG_DATA_HOME: '/nowhere', TZ: 'UTC' }, width);
    const status = await command(terminal);
    return { status, out: out() };
  };
  const { connection } = world.database();
  connection.exec(`
    INSERT INTO notifications VALUES (1, 'drone_down', 'anvil is down', 'Nothing was heard of it.', '{}', 7, 1795420800);
    INSERT INTO notification_deliveries VALUES (1, 'email', 'failed', 8, NULL, NULL, 1795424400, 'sendmail ended with status 75');
    INSERT INTO escalations (drone_id, drone, suspicion, says, opened_at, asked_at)
      VALUES ('d-1', 'anvil', 'silent', 'nothing was heard of it for 195 s', 1795420800, 1795421800);
    INSERT INTO escalation_steps (escalation_id, drone_id, step, because, started_at, ended_at, outcome, says) VALUES
      (1, 'd-1', 'probe', 'silent', 1795420801, 1795420802, 'done', 'its agent does not run'),
      (1, 'd-1', 'restart', 'silent', 1795420816, 1795420820, 'failed', 'the service was started, but its agent does not run'),
      (1, 'd-1', 'ask', 'it is a machine of its own, which is not rebooted', 1795421800, 1795421800, 'done', NULL);
  `);
  return { world, url, on };
}

/** Without the times, which are those of the machine. */
function timeless(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'YYYY-MM-DD HH:MM:SS');
}

test('notify list shows the ways, what was told, and why something did not arrive', async () => {
  const { on } = await setup();

  const wide = await on((terminal) => listNotifications({ limit: '20' }, terminal), 120);
  const narrow = await on((terminal) => listNotifications({ limit: '20' }, terminal), 40);
  const json = await on((terminal) => listNotifications({ limit: '20', json: true }, terminal));

  expect(timeless(wide.out)).toMatchInlineSnapshot(`
    "
    === Ways ===

      email    root

      About: drone_down, drone_back, drone_help, session_done, package_blocked, disk_low

    === Told ===

      TIME                 ABOUT       TITLE          STATE
      ------------------------------------------------------------
      YYYY-MM-DD HH:MM:SS  drone_down  anvil is down  email failed
      anvil is down: email: sendmail ended with status 75 (tried 8x; it is not tried again)
    "
  `);
  expect(narrow.out.split('\n').filter((line) => line.includes('anvil is down')).length).toBeGreaterThan(0);
  expect(JSON.parse(json.out)).toMatchObject({
    channels: [{ channel: 'email', target: 'root' }],
    notifications: [{ id: 1, kind: 'drone_down', deliveries: [{ state: 'failed', tries: 8 }] }],
  });
});

test('notify test says how each way fared, and its exit status does too', async () => {
  const good = await setup();
  const bad = await setup({ sendmail: '/bin/false' });

  const sent = await good.on((terminal) => testNotifications(undefined, {}, terminal));
  const failed = await bad.on((terminal) => testNotifications('email', {}, terminal));

  expect([sent.status, sent.out.replace(/\d\.\ds/, '0.0s')]).toEqual([0, 'email: sent in 0.0s']);
  expect([failed.status, failed.out]).toEqual([1, 'email: not sent: sendmail ended with status 1']);
  await expect(good.on((terminal) => testNotifications('pigeon', {}, terminal))).rejects.toThrow(
    'way must be one of webhook, ntfy, matrix, email, not "pigeon"',
  );
  await expect(good.on((terminal) => testNotifications('ntfy', {}, terminal))).rejects.toMatchObject({ status: 409 });
});

test('drone escalations fits the terminal', async () => {
  const { on } = await setup();
  const at = async (width: number) => {
    const list = await on((terminal) => listEscalations(undefined, { limit: '20' }, terminal), width);
    const one = await on((terminal) => listEscalations('anvil', { limit: '20' }, terminal), width);
    const lines = `${list.out}\n${one.out}`.split('\n');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
    return timeless(lines.join('\n'));
  };

  expect(await at(60)).toMatchInlineSnapshot(`
    "
      DRONE  STATE  STEPS         WHY
      ----------------------------------------------------------
      anvil  asked  restart, ask  nothing was heard of it for...


    === anvil, YYYY-MM-DD HH:MM:SS: asked ===

      nothing was heard of it for 195 s

      TIME                 STEP     RESULT  TOOK  SAYS
      ----------------------------------------------------------
      YYYY-MM-DD HH:MM:SS  probe    done    1.0s  its agent d...
      YYYY-MM-DD HH:MM:SS  restart  failed  4.0s  the service...
      YYYY-MM-DD HH:MM:SS  ask      done       -  it is a mac...
    "
  `);
  expect(await at(80)).toMatchInlineSnapshot(`
    "
      SINCE                DRONE  STATE  STEPS         WHY
      ------------------------------------------------------------------------------
      YYYY-MM-DD HH:MM:SS  anvil  asked  restart, ask  nothing was heard of it fo...


    === anvil, YYYY-MM-DD HH:MM:SS: asked ===

      nothing was heard of it for 195 s

      TIME                 STEP     RESULT  TOOK  SAYS
      ------------------------------------------------------------------------------
      YYYY-MM-DD HH:MM:SS  probe    done    1.0s  its agent does not run
      YYYY-MM-DD HH:MM:SS  restart  failed  4.0s  the service was started, but it...
      YYYY-MM-DD HH:MM:SS  ask      done       -  it is a machine of its own, whi...
    "
  `);
  expect(await at(120)).toMatchInlineSnapshot(`
    "
      SINCE                DRONE  STATE  STEPS         WHY
      ----------------------------------------------------------------------------------
      YYYY-MM-DD HH:MM:SS  anvil  asked  restart, ask  nothing was heard of it for 195 s


    === anvil, YYYY-MM-DD HH:MM:SS: asked ===

      nothing was heard of it for 195 s

      TIME                 STEP     RESULT  TOOK  SAYS
      -----------------------------------------------------------------------------------------------
      YYYY-MM-DD HH:MM:SS  probe    done    1.0s  its agent does not run
      YYYY-MM-DD HH:MM:SS  restart  failed  4.0s  the service was started, but its agent does not run
      YYYY-MM-DD HH:MM:SS  ask      done       -  it is a machine of its own, which is not rebooted
    "
  `);
});

test('who sees to a drone ends its escalation; of others there is none', async () => {
  const { on } = await setup();

  const attended = await on((terminal) => attend('anvil', {}, terminal));
  const open = await on((terminal) => listEscalations(undefined, { limit: '20', open: true }, terminal));

  expect(attended.out).toBe('anvil is left to you; nothing more is done about it');
  expect(open.out).toBe('Nothing was to be done about any drone');
  await expect(on((terminal) => attend('anvil', {}, terminal))).rejects.toMatchObject({ status: 404 });
});

test('a control plane that is away, or that wants a token, is said so', async () => {
  const { on } = await setup({ auth: 'token' });
  const nobody = { url: `http://127.0.0.1:${await freePort()}` };

  await expect(on((terminal) => listNotifications({ limit: '1', ...nobody }, terminal))).rejects.toMatchObject({
    exitCode: 3,
  });
  await expect(on((terminal) => testNotifications(undefined, {}, terminal))).rejects.toMatchObject({ status: 401 });
});
