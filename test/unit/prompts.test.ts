import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Api } from '../../src/contract/api.ts';
import type { ReplyOf } from '../../src/contract/endpoint.ts';
import { type ControlPlaneWorld, controlPlaneWorld } from '../../src/testing/control-plane-world.ts';
import { planOf } from '../../src/testing/plans.ts';
import { type Typing, typeInto } from './typed-into.ts';

const CLI = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('../../src/cli/bin.ts', import.meta.url)),
];
const ARE_YOU_SURE = /\[y\/N\] $/;
const PROMPT = /swarm> $/;
const [CTRL_C, CTRL_D] = ['\u0003', '\u0004'];

type Terminal = {
  readonly world: ControlPlaneWorld;
  readonly type: (args: readonly string[], ...typings: readonly Typing[]) => ReturnType<typeof typeInto>;
};

async function setup(): Promise<Terminal> {
  const world = await controlPlaneWorld();
  onTestFinished(() => world.close());
  const { app } = world.plane();
  await app.listen({ host: '127.0.0.1', port: 0 });
  await world.queuePlan(planOf(['app-misc/one-1', 'app-misc/two-1']));
  const env = {
    ...{ SWARMV3_URL: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`, SWARM_CONFIG: 'off' },
    ...{ XDG_STATE_HOME: join(world.dir, 'state'), XDG_DATA_HOME: world.dir, NO_COLOR: '1', COLUMNS: '100' },
  };
  return { world, type: (args, ...typings) => typeInto([...CLI, ...args], env, typings) };
}

/** What was done to the swarm. */
async function done({ world }: Terminal): Promise<string[]> {
  const { body } = await world.get<ReplyOf<Api['eventsHistory']>>('/api/v1/events/history?type=control');
  return body.events.map(({ message }) => message);
}

test('what destroys asks first: yes does it, anything else changes nothing', async () => {
  const terminal = await setup();

  const no = await terminal.type(['control', 'reset'], { after: ARE_YOU_SURE, type: 'n\n' });
  const nothing = await terminal.type(['control', 'reset'], { after: ARE_YOU_SURE, type: '\n' });
  const before = await done(terminal);
  const yes = await terminal.type(['control', 'reset'], { after: ARE_YOU_SURE, type: 'y\n' });

  expect(no.screen).toContain('Nothing was changed.');
  expect(nothing.screen).toContain('Nothing was changed.');
  expect(before).toEqual([]);
  expect(yes).toMatchObject({ status: 0 });
  expect(await done(terminal)).toEqual([expect.stringContaining('reset')]);
}, 120_000);

test('Ctrl-C and Ctrl-D at a question change nothing', async () => {
  const terminal = await setup();

  const stopped = await terminal.type(['control', 'reset'], { after: ARE_YOU_SURE, type: CTRL_C });
  const ended = await terminal.type(['control', 'reset'], { after: ARE_YOU_SURE, type: CTRL_D });

  expect(stopped.status).toBe(130);
  expect(ended.screen).toContain('Nothing was changed.');
  expect(await done(terminal)).toEqual([]);
}, 120_000);

test('sql asks for one query after the other, over several lines, and forgives', async () => {
  const terminal = await setup();

  const { screen, status } = await terminal.type(
    ['sql'],
    { after: PROMPT, type: 'SELECT count(*) AS waiting\n' },
    { after: /\.\.\.> $/, type: "FROM queue WHERE status = 'needed';\n" },
    { after: PROMPT, type: 'SELEC 1;\n' },
    { after: PROMPT, type: 'never finished' },
    { after: /never finished$/, type: CTRL_C },
    { after: PROMPT, type: '.schema nodes\n' },
    { after: PROMPT, type: '.nonsense\n' },
    { after: PROMPT, type: CTRL_D },
  );

  expect(screen).toMatch(/waiting[^]*\b2\b/);
  expect(screen).toContain('Only SELECT queries allowed');
  expect(screen).toContain('CREATE TABLE');
  expect(screen).toContain('.nonsense is not known');
  expect(status).toBe(0);
}, 120_000);

test('sql completes the names of tables and remembers what was asked', async () => {
  const terminal = await setup();

  const first = await terminal.type(
    ['sql'],
    { after: PROMPT, type: 'SELECT count(*) AS things FROM metr\t' },
    { after: /FROM metrics_log$/, type: ';\n' },
    { after: PROMPT, type: '.quit\n' },
  );
  const again = await terminal.type(
    ['sql'],
    { after: PROMPT, type: '\u001b[A' },
    { after: /things FROM metrics_log;$/, type: '\n' },
    { after: PROMPT, type: '.quit\n' },
  );

  expect(first.status).toBe(0);
  expect(again).toMatchObject({ status: 0, screen: expect.stringMatching(/things\n/) });
}, 120_000);
