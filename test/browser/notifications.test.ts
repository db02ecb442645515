import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { createClient } from '../../src/client/client.ts';
import { serverProcess } from '../../src/testing/server-process.ts';
import { type Dashboard, dashboard } from './browser.ts';

type Received = { readonly path: string; readonly title: string; readonly kinds: readonly string[] };
type Payload = { readonly title: string; readonly items?: readonly { readonly kind: string }[] };

/** Takes what webhooks post; an ntfy server, which gets everything at its root, it is not. */
async function receiver() {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const isGone = request.url?.startsWith('/hook') !== true;
      if (!isGone) {
        // What the control plane posts.
        const { title, items = [] } = JSON.parse(body) as Payload;
        received.push({ path: request.url ?? '', title, kinds: items.map(({ kind }) => kind) });
      }
      response.writeHead(isGone ? 404 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // It listens on a port.
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { host, received, server };
}

let hook: { readonly host: string; readonly received: Received[]; readonly server: Server };
let world: Dashboard;
beforeAll(async () => {
  hook = await receiver();
  world = await dashboard({
    SWARM_NOTIFY_WEBHOOK_URL: `http://${hook.host}/hook/secret-path`,
    SWARM_NOTIFY_NTFY_URL: `http://${hook.host}/my-farm`,
    SWARM_NOTIFY_ABOUT: 'session_done,drone_down',
    SWARM_NOTIFY_S: '0.1',
  });
});
afterAll(async () => {
  await world.close();
  hook.server.close();
});

const button = (name: string) => world.page.getByRole('button', { name, exact: true });
const outcome = (way: string) => world.page.getByRole('status', { name: `Test by ${way}`, exact: true });

test('a test reaches the webhook, and what was refused says why', async () => {
  await world.open('/settings?view=notifications');
  await world.page.getByText(hook.host).first().waitFor();
  expect(await world.page.content()).not.toContain('secret-path');
  expect(await outcome('Webhook').textContent()).toBe('');

  await button('Send a test by Webhook').click();
  await outcome('Webhook').getByText('delivered', { exact: true }).waitFor();
  expect(hook.received).toEqual([{ path: '/hook/secret-path', title: 'Build Swarm can reach you', kinds: ['test'] }]);
  expect(await outcome('ntfy').textContent()).toBe('');

  await button('Send a test by ntfy').click();
  await outcome('ntfy').getByText('not delivered').waitFor();
  await outcome('ntfy').getByText('the server answered 404').waitFor();
  expect(hook.received).toHaveLength(1);
});

test('one button sends a test by all ways', async () => {
  await world.open('/settings?view=notifications');
  const before = hook.received.length;
  await button('Send a test by all').click();
  await outcome('Webhook').getByText('delivered', { exact: true }).waitFor();
  await outcome('ntfy').getByText('not delivered').waitFor();
  expect(hook.received).toHaveLength(before + 1);
});

test('what people were told is listed, and says how far each way is', async () => {
  await world.join('anvil');
  await world.queue(['one']);
  await world.build('anvil');
  const told = async () => (await world.client.notifications({ query: {} })).notifications;
  await expect
    .poll(async () => (await told()).flatMap(({ deliveries }) => deliveries.map(({ state }) => state)).sort())
    .toEqual(['failed', 'sent']);
  expect(hook.received.flatMap(({ kinds }) => kinds)).toContain('session_done');
  const [{ id, title } = { id: 0, title: '' }] = await told();

  await world.open('/settings?view=notifications');
  const log = world.page.getByRole('grid', { name: 'Told last' });
  await log.getByText('given up').waitFor();
  await log.getByText(title).click();
  await expect.poll(() => world.page.url()).toContain(`told=${id}`);
  await world.page.reload();
  const panel = world.page.getByRole('complementary', { name: title });
  await panel.getByText('delivered', { exact: true }).waitFor();
  await panel.getByText('the server answered 404').waitFor();
  expect(await world.violations()).toEqual([]);
  await panel.getByRole('button', { name: 'Close' }).click();
  await panel.waitFor({ state: 'hidden' });
  expect(world.page.url()).not.toContain('told=');
});

test('what is told, and the ways that are not set up, lead to their settings', async () => {
  await world.open('/settings?view=notifications');
  await world.page.getByText('a drone needs somebody: not told').waitFor();
  await world.page.getByRole('link', { name: 'SWARM_NOTIFY_MATRIX_URL' }).click();
  await world.page.getByRole('complementary', { name: 'SWARM_NOTIFY_MATRIX_URL' }).waitFor();
  await world.page.goBack();
  await world.page.getByRole('link', { name: 'Choose' }).click();
  await world.page.getByRole('complementary', { name: 'SWARM_NOTIFY_ABOUT' }).waitFor();
  expect(world.page.url()).toContain('open=SWARM_NOTIFY_ABOUT');
});

test('it is good for everybody, in both themes and on a phone', async () => {
  await world.open('/settings?view=notifications');
  await button('Send a test by all').waitFor();
  expect(await world.violations()).toEqual([]);
  const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
  await phone.goto(`${world.url}/settings?view=notifications`);
  await phone.getByRole('button', { name: 'Send a test by all' }).waitFor();
  expect(await world.violations(phone)).toEqual([]);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await phone.close();
});

test('when the list cannot be had, another try has it', async () => {
  const page = await world.window({ viewport: { width: 1000, height: 800 } });
  // Last: what the browser says of this in its console is meant to be.
  await page.route('**/api/v1/notifications?*', (route) => route.abort());
  await page.goto(`${world.url}/settings?view=notifications`);
  const again = page.getByRole('button', { name: 'Try again' });
  await again.waitFor();
  await page.unroute('**/api/v1/notifications?*');
  await again.click();
  await page.getByRole('button', { name: 'Send a test by Webhook', exact: true }).waitFor();
  await page.close();
  expect(world.complaints.filter((said) => !said.includes('net::ERR_FAILED'))).toEqual([]);
});

/** Takes this token for the browser's own. */
async function become(page: Page, url: string, token: string): Promise<void> {
  await page.goto(`${url}/settings?view=access`);
  await page.getByPlaceholder('another token').fill(token);
  await page.getByRole('button', { name: 'Use it' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

test('viewers see nothing; where nothing is set up, an admin is told what makes a way', async () => {
  const server = await serverProcess({ SWARM_AUTH: 'token' });
  onTestFinished(() => server.stop());
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(`${server.url}/settings?view=notifications`);
  await page.getByText('Only operators see who is told what').waitFor();
  expect(await page.getByRole('button', { name: /Send a test/ }).count()).toBe(0);
  await page.getByRole('link', { name: 'Use another token' }).click();
  await page.getByText('a viewer: you may look').waitFor();

  const admin = (await readFile(join(server.dir, 'admin-token'), 'utf8')).trim();
  await become(page, server.url, admin);
  await page.goto(`${server.url}/settings?view=notifications`);
  await page.getByText('Nobody is told anything').waitFor();
  const makes = page.getByRole('region', { name: 'Ways that are not set up' });
  expect(await makes.getByRole('link').allTextContents()).toEqual(
    expect.arrayContaining(['SWARM_NOTIFY_WEBHOOK_URL', 'SWARM_NOTIFY_NTFY_URL', 'SWARM_NOTIFY_EMAIL']),
  );
  await makes.getByText('docs/guides/notifications.md').waitFor();
});

test('an operator sees the ways, and is told that a test takes an admin', async () => {
  const server = await serverProcess({
    SWARM_AUTH: 'token',
    SWARM_NOTIFY_WEBHOOK_URL: `http://${hook.host}/hook/other`,
  });
  onTestFinished(() => server.stop());
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  const admin = (await readFile(join(server.dir, 'admin-token'), 'utf8')).trim();
  const client = createClient({ baseUrl: server.url, token: admin });
  const { token } = await client.createToken({ body: { role: 'operator', name: 'maria' } });
  const page = await browser.newPage();
  await become(page, server.url, token);
  await page.goto(`${server.url}/settings?view=notifications`);
  await page.getByText('Sending a test takes the token of an admin.').waitFor();
  expect(await page.getByRole('button', { name: 'Send a test by Webhook' }).isDisabled()).toBe(true);
  expect(hook.received.filter(({ path }) => path === '/hook/other')).toEqual([]);
});
