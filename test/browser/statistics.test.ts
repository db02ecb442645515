import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

let world: Dashboard;
beforeAll(async () => {
  world = await dashboard();
  for (const name of ['anvil', 'bellows']) await world.join(name);
  await world.queue(['one', 'two', 'three']);
  await world.build('anvil');
  await world.build('bellows');
  await world.build('anvil', { fails: { error_detail: 'make: *** [all] Error 1', failure_class: 'compile' } });
});
afterAll(() => world.close());

const choose = (text: string) => world.page.getByText(text, { exact: true }).click();

test('builds are added up, and only those of a package where that is asked for', async () => {
  await world.open('/statistics');
  await world.page.getByText('3 builds of 3 packages in the last 7 days').waitFor();
  const { totals } = await world.client.statistics({ query: { hours: 168 } });
  expect(totals).toMatchObject({ builds: 3, built: 2, failed: 1 });

  await world.page.getByRole('searchbox').fill('app-misc/t');
  const narrowed = world.page.getByText('2 builds of 2 packages in the last 7 days');
  await narrowed.waitFor();
  expect(world.page.url()).toContain('text=app-misc');
  await world.page.getByRole('searchbox').fill('no-such-thing');
  await world.page.getByText('No build is like that').waitFor();
  await world.page.getByRole('button', { name: 'Show all' }).click();
  await world.page.getByText('3 builds of 3 packages in all').waitFor();
});

test('packages and drones are compared, and a drone leads to what it built', async () => {
  await world.open('/statistics?view=packages');
  const packages = world.page.getByRole('grid', { name: 'Packages' });
  await expect.poll(() => packages.getByRole('row').count()).toBe(4);

  await choose('Drones');
  const drones = world.page.getByRole('grid', { name: 'Drones' });
  await expect.poll(() => drones.getByRole('row').count()).toBe(3);
  await drones.getByRole('button', { name: 'Only bellows' }).click();
  await world.page.getByText('1 build of 1 package in the last 7 days').waitFor();
  await world.page.getByRole('button', { name: 'Only bellows ×' }).click();
  await world.page.getByText('3 builds of 3 packages in the last 7 days').waitFor();
});

test('failures are told by class, and what fails and is built in one session is flaky', async () => {
  await world.open('/statistics?view=failures');
  await world.page.getByText('src_compile failed').waitFor();
  await world.page.getByText('None: what fails once, fails again').waitFor();

  await world.join('bellows');
  // A drone that failed does not try again at once.
  await expect.poll(async () => (await world.build('bellows'))?.name, { timeout: 60_000, interval: 500 }).toBeDefined();
  await expect
    .poll(async () => (await world.client.statistics({ query: { hours: 24 } })).flaky.length, { timeout: 60_000 })
    .toBe(1);
  await world.page.getByText('failed 1, built 1').waitFor({ timeout: 60_000 });
});

test.each(['builds', 'packages', 'drones', 'failures'])(
  'the statistics of %s are good for everybody, in both themes and on a phone',
  async (view) => {
    await world.open(`/statistics?view=${view}`);
    await world.page.getByText(/in the last 7 days/).waitFor();
    expect(await world.violations()).toEqual([]);

    const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
    await phone.goto(`${world.url}/statistics?view=${view}`);
    await phone.getByText(/in the last 7 days/).waitFor();
    expect(await world.violations(phone)).toEqual([]);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await phone.close();
  },
);

test('nothing was complained of in the console', () => {
  expect(world.complaints).toEqual([]);
});
