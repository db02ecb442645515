import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ServerProcess, serverProcess } from '../../src/testing/server-process.ts';
import { type Dashboard, dashboard } from './browser.ts';

let world: Dashboard;
beforeAll(async () => {
  world = await dashboard({ NODE_TIMEOUT: '61', SWARM_TOKEN: 'bsw_never_shown' });
  await world.join('anvil');
});
afterAll(() => world.close());

const button = (name: string | RegExp) => world.page.getByRole('button', { name, exact: true });

test('settings are shown with their source, found by words, and explained', async () => {
  await world.open('/settings');
  await world.page.getByText('Set by somebody').click();
  const settings = world.page.getByRole('grid', { name: 'Settings' });
  await settings.getByText('environment NODE_TIMEOUT').waitFor();
  expect(await world.page.content()).not.toContain('bsw_never_shown');
  await settings.getByText('********').waitFor();

  await world.page.getByRole('searchbox', { name: 'Settings' }).fill('node_timeout');
  await settings.getByText('NODE_TIMEOUT', { exact: true }).click();
  const panel = world.page.getByRole('complementary', { name: 'NODE_TIMEOUT' });
  await panel.getByText('"node_timeout": 61').waitFor();
  await panel.getByText('a number from 1 to 3600 s').waitFor();
  expect(world.page.url()).toContain('open=NODE_TIMEOUT');
  await button('Close').click();
  await panel.waitFor({ state: 'hidden' });
});

test('a token is made, its secret is shown once, and it is revoked after a question', async () => {
  await world.open('/settings?view=access');
  await world.page.getByLabel('Role').selectOption('operator');
  await world.page.getByLabel('Its holder').fill('maria');
  await world.page.getByLabel('Ends').selectOption({ label: 'in a day' });
  await button('Make it').click();
  const secret = world.page.getByRole('status').filter({ hasText: 'It is shown only now' });
  const token = (await secret.locator('code').textContent()) ?? '';
  const maria = async () =>
    (await world.client.tokens({ query: { all: 'true' } })).tokens.find(({ name }) => name === 'maria');
  expect(await maria()).toMatchObject({ role: 'operator', revoked_at: null });
  expect(token).toMatch(/^bsw_/);
  await button('I have kept it').click();
  expect(await world.page.content()).not.toContain(token);

  await button('Revoke the token of maria').click();
  await world.page.getByRole('alertdialog').getByRole('button', { name: 'Leave it' }).click();
  expect(await maria()).toMatchObject({ revoked_at: null });
  await button('Revoke the token of maria').click();
  await world.page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
  await expect.poll(async () => (await maria())?.revoked_at).not.toBeNull();
  await expect.poll(() => button('Revoke the token of maria').count()).toBe(0);
  await world.page.getByText('Also those that are over').click();
  await world.page.getByText('revoked', { exact: true }).waitFor();
});

test('join tokens enrol as many drones as is said, and a drone’s token is for one', async () => {
  await world.open('/settings?view=access');
  await world.page.getByLabel('Role').selectOption('join');
  await world.page.getByLabel('Its holder').fill('new machines');
  await world.page.getByLabel('Drones that it enrols').fill('3');
  await button('Make it').click();
  await expect
    .poll(async () => (await world.client.tokens({})).tokens.find(({ role }) => role === 'join')?.uses_left)
    .toBe(3);

  await world.page.getByLabel('Role').selectOption('drone');
  await world.page.getByLabel('Its holder').fill('anvil');
  expect(await button('Make it').isDisabled()).toBe(true);
  await world.page.getByRole('combobox', { name: 'Drone', exact: true }).selectOption({ label: 'anvil' });
  await button('Make it').click();
  await expect.poll(async () => (await world.client.tokens({})).tokens.some(({ role }) => role === 'drone')).toBe(true);
});

test('the theme is kept in the browser, and goes back to that of the system', async () => {
  await world.open('/settings?view=appearance');
  const theme = () => world.page.evaluate(() => document.documentElement.dataset['theme']);
  await world.page.getByText('Light', { exact: true }).click();
  expect(await theme()).toBe('light');
  await world.page.reload();
  await expect.poll(theme).toBe('light');
  await button('Change to the dark theme').click();
  expect(await theme()).toBe('dark');
  await world.page.getByText('As the system').click();
  expect(await theme()).toBe('dark');
});

test('settings of drones lead to the drone, and the version is told', async () => {
  await world.open('/settings?view=drones');
  await world.page.getByRole('grid', { name: 'Settings of drones' }).getByText('anvil').click();
  await expect.poll(() => world.page.url()).toContain('/fleet/anvil');
  await world.open('/settings?view=about');
  const { version } = await world.client.health();
  await world.page.getByText(version, { exact: true }).first().waitFor();
  await world.page.getByText('reconcile').waitFor();
});

test.each(['configuration', 'access', 'drones', 'appearance', 'about'])(
  'the settings of %s are good for everybody, in both themes and on a phone',
  async (view) => {
    await world.open(`/settings?view=${view}`);
    await world.page.getByRole('heading', { level: 1 }).waitFor();
    expect(await world.violations()).toEqual([]);

    const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
    await phone.goto(`${world.url}/settings?view=${view}`);
    await phone.getByRole('heading', { level: 1 }).waitFor();
    expect(await world.violations(phone)).toEqual([]);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await phone.close();
  },
);

test('nothing was complained of in the console', () => {
  expect(world.complaints).toEqual([]);
});

type Guarded = { readonly server: ServerProcess; readonly page: Page; readonly close: () => Promise<void> };

/** A control plane that asks for tokens, and a browser that has none. */
async function guarded(): Promise<Guarded & { readonly token: string }> {
  const server = await serverProcess({ SWARM_AUTH: 'token' });
  const token = (await readFile(join(server.dir, 'admin-token'), 'utf8')).trim();
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  return {
    ...{ server, page, token },
    close: async () => {
      await browser.close();
      await server.stop();
    },
  };
}

test('where tokens are asked for, a viewer is told what it takes, and signs in and out', async () => {
  const { server, page, token, close } = await guarded();
  await page.goto(`${server.url}/settings`);
  await page.getByText('This takes a token').waitFor();
  await page.goto(`${server.url}/settings?view=access`);
  await page.getByText('a viewer: you may look').waitFor();

  await page.getByPlaceholder('another token').fill(token);
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByText('an admin: you may do everything').waitFor();
  await page.getByRole('grid', { name: 'Tokens' }).getByText('first-admin').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => page.getByText('a viewer: you may look').count()).toBe(1);
  await close();
});
