import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { withObservedPhases } from './progress.ts';
import { createSlots } from './slots.ts';
import { createBell } from './waiting.ts';

async function setup(files: Record<string, string>) {
  const dir = await mkdtemp(join(tmpdir(), 'observed-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  await mkdir(join(dir, 'run/portage'), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, 'run/portage', name), text);
  const host = { kind: 'virtualenv', python: 'python3', binDir: '/nowhere', version: '3.0.82' } as const;
  const slots = createSlots(createBell(), () => 0);
  return { slots, phases: async () => (await withObservedPhases({ dir, host }, slots.all())).map((one) => one.phase) };
}

const snapshot = (cpv: string, phase: string | null, more = {}) =>
  JSON.stringify({ type: 'snapshot', schema: 1, emerge_pid: 7, tasks: [{ cpv, kind: 'build', phase, ...more }] });

test('what emerge says of itself is believed before what its output told', async () => {
  const { slots, phases } = await setup({
    'emerge-7.json': snapshot('app-misc/jq-1.7', 'test'),
    'emerge-8.json': '{"type":"snap',
    'emerge-9.json': snapshot('app-misc/yq-1.0', null),
  });
  slots.hold(1, '=app-misc/jq-1.7');
  slots.hold(2, '=app-misc/yq-1.0');
  slots.enterPhase(1, 'compile');
  slots.enterPhase(2, 'configure');

  expect(await phases()).toEqual(['test', 'configure']);
});

test('an ebuild of the same name is not ours while we install dependencies or deliver', async () => {
  const { slots, phases } = await setup({ 'emerge-7.json': snapshot('app-misc/jq-1.7', 'test') });
  slots.hold(1, '=app-misc/jq-1.7');
  slots.enterPhase(1, 'dependencies');
  slots.hold(2, '=app-misc/jq-1.7', 'delivering');

  expect(await phases()).toEqual(['dependencies', 'upload']);
});

test('a binary of the same name is not a build', async () => {
  const { slots, phases } = await setup({ 'emerge-7.json': snapshot('app-misc/jq-1.7', 'setup', { binary: true }) });
  slots.hold(1, '=app-misc/jq-1.7');
  slots.enterPhase(1, 'compile');

  expect(await phases()).toEqual(['compile']);
});
