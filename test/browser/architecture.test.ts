import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

let world: Dashboard;
beforeAll(async () => {
  world = await dashboard({ SWARM_LEASE_S: '240', SWARM_METRICS_S: '1' });
  await world.queue(['a', 'b', 'c']);
  await world.join('anvil', { metrics: { cpu_percent: 42, ram_percent: 20, load_1m: 1, disk_free_mb: 2048 } });
  await world.join('bellows');
  await world.build('anvil');
  await world.build('bellows', { fails: { error_detail: 'no', failure_class: 'compile', first_error: 'it broke' } });
});
afterAll(() => world.close());

const tab = (name: RegExp) => world.page.getByRole('tab', { name });

test('the life of a package is walked through by clicks and keys, with the numbers of this swarm', async () => {
  await world.open('/architecture');
  await expect.poll(() => tab(/^Asked for/).textContent()).toBe('Asked for3');
  await expect.poll(() => tab(/^Published/).textContent()).toBe('Published1');

  await tab(/^Built/).click();
  await expect.poll(() => world.page.url()).toContain('step=built');
  await world.page.getByRole('heading', { name: 'Built', exact: true }).waitFor();
  await world.page.keyboard.press('ArrowLeft');
  await world.page.getByRole('heading', { name: 'Handed out', exact: true }).waitFor();
  await world.page.getByRole('button', { name: 'Before that' }).click();
  await expect.poll(() => world.page.url()).toContain('step=ready');
});

test('what it says of itself is what it is set to, and leads to the setting', async () => {
  await world.open('/architecture?step=granted');
  const lease = world.page.getByRole('link', { name: '4 minutes' });
  await lease.first().waitFor();
  await lease.first().click();
  await expect.poll(() => world.page.url()).toContain('SWARM_LEASE_S');
});

test('earlier versions are drawn, each with what it was good and bad at', async () => {
  await world.open('/architecture');
  await world.page.getByText('v1 Hardcoded').click();
  await world.page.getByRole('img', { name: /^Five machines/ }).waitFor();
  expect(world.page.url()).toContain('version=v1');
});

test('the curves of the overview are there when the page opens, for as long as is asked', async () => {
  await expect
    .poll(async () => (await world.client.metrics({ query: { swarm: 'true' } })).history.length)
    .toBeGreaterThan(2);
  await world.open('/');
  for (const name of [
    'Packages received a minute',
    'Packages by state over time',
    'Mean load of the drones over time',
  ]) {
    const figure = world.page.getByRole('figure', { name });
    await figure.getByRole('button', { name: 'Table' }).click();
    await expect.poll(() => figure.getByRole('row').count()).toBeGreaterThan(2);
  }
  await world.page.getByText('6 h', { exact: true }).click();
  await expect.poll(() => world.page.url()).toContain('range=6h');
});

test('a drone has curves of its load, what it built, and what happened to it', async () => {
  await world.open('/fleet/anvil');
  const disk = world.page.getByRole('figure', { name: 'Room for builds on anvil' });
  await disk.getByRole('button', { name: 'Table' }).click();
  await disk.getByText('2.0 GiB').first().waitFor();
  await world.page.getByRole('figure', { name: 'CPU and memory of anvil' }).waitFor();
  await world.page.getByText('anvil came online').waitFor();
  const { history } = await world.client.history({ query: { drone: 'anvil' } });
  const built = world.page.getByRole('link', { name: /^Build \d+: / });
  await expect.poll(() => built.count()).toBe(history.length);
  expect(await built.first().textContent()).toBe('success');

  await world.open('/fleet/bellows');
  await world.page.getByText('it broke').waitFor();
});

test.each(['/architecture', '/', '/fleet/anvil'])(
  '%s is good for everybody, at a desk and on a phone',
  async (path) => {
    await world.open(path);
    await world.page.getByRole('heading', { level: 2 }).first().waitFor();
    expect(await world.violations()).toEqual([]);

    const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
    await phone.goto(world.url + path);
    await phone.getByRole('heading', { level: 2 }).first().waitFor();
    expect(await world.violations(phone)).toEqual([]);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await phone.close();
  },
);

test('nothing was complained of in the console', () => {
  expect(world.complaints).toEqual([]);
});
