import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../src/testing/provisioning-world.ts';
import { IMAGE, complyImage as setup } from './comply-image.ts';

test.each([
  [0, 'COMPLIANT (exit 0)', '', ''],
  [1, 'WARNINGS (exit 1)', 'WARN  x', ''],
  [2, 'NON-COMPLIANT (exit 2)', '', 'FAIL  x'],
])('the daily check with status %i', async (status, word, printed, mailed) => {
  const image = await setup();
  const said = ['PASS  x', 'WARN  x', 'FAIL  x'][status];
  await image.write('opt/build-swarm/comply.sh', `echo '${said}'\necho 'SUMMARY: x'\nexit ${status}\n`);
  const env = { BUILD_SWARM_ROOT: image.dir };

  const ran = await run('sh', [join(IMAGE, 'comply-cron.sh')], { env });
  const verbose = await run('sh', [join(IMAGE, 'comply-cron.sh'), '-v'], { env });

  expect(ran.code).toBe(status);
  expect(ran.stdout.split('\n')[0]).toBe(printed);
  expect(ran.stderr.split('\n')[0]).toBe(mailed);
  expect(verbose.stdout + verbose.stderr).toContain(said);
  const log = await readFile(join(image.dir, 'var/log/build-swarm/compliance.log'), 'utf8');
  expect(log.split('\n')[0]).toMatch(
    new RegExp(`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d \\S+ ${word.replace(/[()]/g, '\\$&')}$`),
  );
});

test.each(['opt/build-swarm/comply.sh', 'etc/build-swarm/drone.spec'])(
  'the daily check without %s says so',
  async (path) => {
    const image = await setup();
    await image.write('opt/build-swarm/comply.sh', 'exit 0\n');
    await image.remove(path);

    const ran = await run('sh', [join(IMAGE, 'comply-cron.sh')], { env: { BUILD_SWARM_ROOT: image.dir } });

    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(`${path} is missing`);
    expect(await readFile(join(image.dir, 'var/log/build-swarm/compliance.log'), 'utf8')).toMatch(
      / ERROR .* is missing/,
    );
  },
);

test('the log of the daily check does not grow for ever', async () => {
  const image = await setup();
  await image.write('opt/build-swarm/comply.sh', 'exit 0\n');
  await image.write('var/log/build-swarm/compliance.log', `${'x'.repeat(99)}\n`.repeat(20_000));

  await run('sh', [join(IMAGE, 'comply-cron.sh')], { env: { BUILD_SWARM_ROOT: image.dir } });

  const log = await readFile(join(image.dir, 'var/log/build-swarm/compliance.log'), 'utf8');
  expect(log.length).toBeLessThan(300_000);
  expect(log).toContain('COMPLIANT');
});
