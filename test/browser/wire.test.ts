import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

let world: Dashboard;
let session: string;
beforeAll(async () => {
  world = await dashboard();
  session = await world.queue(['a', 'b']);
  await world.join('anvil');
  await world.join('bellows');
  await world.build('anvil');
  await world.client.pauseNode({ params: { id: 'nobody' } }).catch(() => {
    // An exchange that is refused.
  });
});
afterAll(() => world.close());

const grid = () => world.page.getByRole('grid', { name: 'Exchanges' });
const rows = () => grid().getByRole('row');
const button = (name: string) => world.page.getByRole('button', { name, exact: true });
const entries = async (query: Readonly<Record<string, string>>) => (await world.client.protocol({ query })).entries;

test('exchanges are filtered by type, drone, package, status and latency, and the address says by which', async () => {
  await world.open('/wire?still=true');
  await rows().nth(1).waitFor();

  await world.page.getByRole('combobox', { name: /^Type/ }).selectOption('register');
  await expect.poll(() => rows().count()).toBe(1 + (await entries({ type: 'register' })).length);
  expect(world.page.url()).toContain('type=register');

  await world.page.getByRole('combobox', { name: /^Drone/ }).selectOption('bellows');
  await expect.poll(() => rows().count()).toBe(2);
  expect(world.page.url()).toContain('drone=bellows');

  await button('Clear').click();
  await expect.poll(() => rows().count()).toBeGreaterThan(5);
  expect(world.page.url()).not.toContain('type=');

  await world.page.getByText('Refused', { exact: true }).click();
  await expect.poll(() => rows().count()).toBe(2);
  await grid().getByText('404').waitFor();
  await button('Clear').click();

  await world.page.getByRole('searchbox', { name: 'Package' }).fill('misc/a');
  await expect.poll(() => rows().count()).toBe(1 + (await entries({ package: 'misc/a' })).length);
  await button('Clear').click();

  await world.page.getByRole('combobox', { name: /^Session/ }).selectOption({ label: 'the world' });
  await expect.poll(() => rows().count()).toBe(1 + (await entries({ session })).length);
  await grid().getByText('queued=2').waitFor();
  await button('Clear').click();

  await world.page.getByLabel('Took from').fill('900000');
  await world.page.keyboard.press('Enter');
  await world.page.getByText('No exchange is like that').waitFor();
});

test('an exchange is opened by keys: what was asked as JSON, what was answered, and what is known of it', async () => {
  await world.open('/wire?type=complete');
  await rows().nth(1).waitFor();
  await grid().focus();
  await world.page.keyboard.press('Home');
  await world.page.keyboard.press('Enter');

  const detail = world.page.getByRole('complementary', { name: /^Exchange/ });
  await detail.getByText('"package": "=app-misc/a-1"').waitFor();
  expect(world.page.url()).toContain('open=');
  await detail.getByText('Response', { exact: true }).click();
  await detail.getByText('"accepted": true').waitFor();
  await detail.getByText('Meta', { exact: true }).click();
  await detail.getByRole('link', { name: 'anvil' }).waitFor();

  await world.page.keyboard.press('Escape');
  await detail.waitFor({ state: 'detached' });
});

test('new exchanges come by themselves while following, and do not when it is held', async () => {
  await world.open('/wire?type=register');
  await rows().nth(1).waitFor();
  const before = await rows().count();
  await world.join('crucible');
  await expect.poll(() => rows().count()).toBe(before + 1);
  expect(await rows().nth(1).textContent()).toContain('crucible');

  await button('Follow').click();
  expect(world.page.url()).toContain('still=true');
  await world.join('dross');
  await expect.poll(async () => (await entries({ type: 'register' })).length).toBe(before + 1);
  expect(await rows().count()).toBe(before + 1);
  await button('Follow').click();
  await expect.poll(() => rows().count()).toBe(before + 2);
});

test('a time is chosen by drawing over the waveform or by keys, and let go', async () => {
  await world.open('/wire?span=15m');
  const begins = world.page.getByRole('slider', { name: 'Chosen time begins' });
  const box = await begins.locator('..').boundingBox();
  if (box === null) throw new Error('there is no waveform');
  const y = box.y + box.height / 2;
  await world.page.mouse.move(box.x + box.width * 0.2, y);
  await world.page.mouse.down();
  await world.page.mouse.move(box.x + box.width * 0.4, y, { steps: 4 });
  await world.page.mouse.up();

  await world.page.getByText('No exchange is like that').waitFor();
  const chosen = new URL(world.page.url()).searchParams;
  expect(Number(chosen.get('until')) - Number(chosen.get('since'))).toBeGreaterThan(150);

  await world.page.getByRole('slider', { name: 'Chosen time ends' }).press('End');
  await rows().nth(1).waitFor();
  await begins.press('Escape');
  await expect.poll(() => world.page.url()).not.toContain('since=');
});

test('what is filtered is exported as HAR and as lines', async () => {
  await world.open('/wire?type=register');
  await rows().nth(1).waitFor();
  const saved = async (name: string) => {
    const [download] = await Promise.all([world.page.waitForEvent('download'), button(name).click()]);
    return readFile(await download.path(), 'utf8');
  };
  const count = (await entries({ type: 'register' })).length;

  const har = JSON.parse(await saved('Export HAR')) as {
    log: { version: string; entries: { request: { url: string } }[] };
  };
  expect(har.log.version).toBe('1.2');
  expect(har.log.entries).toHaveLength(count);
  expect(har.log.entries[0]?.request.url).toContain('/api/v1/register');

  const lines = (await saved('Export NDJSON')).trim().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as { msg_type: string }).msg_type)).toEqual(lines.map(() => 'register'));
  expect(lines).toHaveLength(count);
});

test('numbers by type stand beside the table, and a type of them is a filter', async () => {
  await world.open('/wire');
  await button('By type').click();
  const numbers = world.page.getByRole('complementary', { name: 'By type' });
  await numbers.getByRole('button', { name: 'complete' }).click();
  await expect.poll(() => rows().count()).toBe(2);
  expect(world.page.url()).toContain('type=complete');
});

test('it is good for everybody, in both themes and on a phone', async () => {
  for (const path of ['/wire', '/wire?stats=true', '/wire?type=complete&open=1']) {
    await world.open(path);
    await rows().nth(1).waitFor();
    expect(await world.violations()).toEqual([]);

    const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
    await phone.goto(world.url + path);
    await phone.getByRole('grid').getByRole('row').nth(1).waitFor();
    expect(await world.violations(phone)).toEqual([]);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await phone.close();
  }
});

test('nothing was complained of in the console', () => {
  expect(world.complaints).toEqual([]);
});
