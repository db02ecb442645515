import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

/** What the control plane said of itself at a moment. */
type Seen = {
  readonly at: number;
  readonly status: Awaited<ReturnType<Dashboard['client']['status']>>;
  readonly queue: Awaited<ReturnType<Dashboard['client']['queueList']>>;
  readonly drones: readonly { readonly name: string; readonly paused: boolean; readonly current_task: string | null }[];
};

let world: Dashboard;
let seen: readonly Seen[];
let [from, to] = [0, 0];

beforeAll(async () => {
  world = await dashboard();
  from = Date.now() / 1000;
  const steps: (() => Promise<unknown>)[] = [
    () => world.queue(['a', 'b', 'c', 'd', 'needs-a'], [['app-misc/needs-a-1', 'build', 'app-misc/a-1']]),
    () => world.join('anvil'),
    () => world.build('anvil'),
    async () => {
      const work = await world.take('anvil');
      const running = [{ attempt: work?.attempt ?? 0, package: work?.name ?? '', phase: 'compile', elapsed_s: 3 }];
      await world.join('anvil', { running, current_task: work?.name });
    },
    () => world.join('bellows'),
    () => world.build('bellows', { fails: { error_detail: 'make: *** [all] Error 1', failure_class: 'compile' } }),
    () => world.client.control({ body: { action: 'pause' } }),
    () => world.client.pauseNode({ params: { id: 'bellows' } }),
  ];
  const all: Seen[] = [];
  for (const step of steps) {
    await step();
    all.push(await look());
  }
  seen = all;
  to = Date.now() / 1000;
});
afterAll(() => world.close());

/** As it is now, as soon as the history says the same. */
async function look(): Promise<Seen> {
  let found: Seen | undefined;
  await vi.waitUntil(
    async () => {
      const [status, queue, nodes] = await Promise.all([
        world.client.status(),
        world.client.queueList(),
        world.client.nodes({ query: { all: 'true' } }),
      ]);
      const at = Date.now() / 1000;
      const drones = (Array.isArray(nodes) ? nodes : nodes.drones).map(({ name, paused, current_task }) => ({
        ...{ name, paused, current_task },
      }));
      found = { at, status, queue, drones };
      const past = await world.client.protocolSnapshot({ query: { at, queue: 'true' } });
      const states = (rows: readonly { package: string; status: string }[]) =>
        rows.map((row) => [row.package, row.status]);
      return JSON.stringify(states(past.queue ?? [])) === JSON.stringify(states(queue));
    },
    { timeout: 30_000, interval: 50 },
  );
  if (found === undefined) throw new Error('nothing was seen');
  return found;
}

const page = () => world.page;
const button = (name: string) => page().getByRole('button', { name, exact: true });
const bar = () => page().getByRole('region', { name: 'Replay' });
const address = (path: string, at: number) =>
  `${path}?replay=${[from - 1, to + 1, at].map((time) => time.toFixed(3)).join('_')}`;
/** Where the replay is, in Unix seconds. */
const place = async () => Number(await page().getByRole('slider', { name: 'Moment' }).getAttribute('aria-valuenow'));

test('the overview shows each moment as the control plane told of it then', async () => {
  for (const { at, status, drones } of seen) {
    await world.open(address('/', at));
    await bar().getByText('You are looking at').waitFor();
    await page().getByText(`${status.received} of ${status.total} packages`).waitFor();
    await expect
      .poll(() => page().getByRole('banner').getByText('Paused', { exact: true }).count())
      .toBe(status.paused ? 1 : 0);
    for (const { name } of drones) await page().getByRole('link', { name, exact: true }).waitFor();
    expect(await page().getByRole('link', { name: 'bellows', exact: true }).count()).toBe(
      drones.some(({ name }) => name === 'bellows') ? 1 : 0,
    );
  }
});

test('the queue shows how each package stood then', async () => {
  for (const { at, queue } of seen) {
    await world.open(address('/queue', at));
    const grid = page().getByRole('grid', { name: 'Packages' });
    await expect.poll(() => grid.getByRole('row').count()).toBe(1 + queue.length);
    for (const row of queue) {
      const words = { delegated: 'building', needed: row.ready ? 'ready' : 'waiting' };
      const state = row.status === 'delegated' || row.status === 'needed' ? words[row.status] : row.status;
      const [, name = ''] = /^=app-misc\/(.*)-1$/.exec(row.package) ?? [];
      await grid
        .getByRole('row')
        .filter({ hasText: `app-misc/${name} 1` })
        .getByText(state, { exact: true })
        .waitFor();
    }
  }
});

test('the fleet shows what drones did then, and the events what had happened', async () => {
  for (const { at, drones } of seen.slice(3)) {
    await world.open(address('/fleet', at));
    for (const { name, paused, current_task: task } of drones) {
      const card = page()
        .getByRole('listitem')
        .filter({ has: page().getByRole('link', { name, exact: true }) });
      await card.getByText(paused ? 'paused' : 'online', { exact: true }).waitFor();
      if (task !== null) await card.getByText('compile', { exact: true }).waitFor();
    }
  }
  const [, , built] = seen;
  await world.open(address('/events', built?.at ?? 0));
  await page().getByRole('grid', { name: 'Events' }).getByText('complete', { exact: true }).waitFor();
  expect(await page().getByRole('grid', { name: 'Events' }).getByText('fail', { exact: true }).count()).toBe(0);
});

test('nothing can be done in a replay, and back to now it can', async () => {
  const { events: before } = await world.client.events();
  await world.open(address('/', seen[1]?.at ?? 0));
  for (const name of ['Pause', 'Rebalance', 'Reset the queue']) {
    const control = page().getByRole('group').getByRole('button', { name, exact: true });
    await control.waitFor();
    expect(await control.isDisabled()).toBe(true);
  }
  await page().keyboard.press('Control+k');
  await page()
    .getByRole('combobox', { name: /^A page/ })
    .fill('reset the queue');
  await page().getByText('Nothing is called that.').waitFor();
  await page().keyboard.press('Escape');
  expect((await world.client.events()).events).toHaveLength(before.length);

  await button('Back to now').click();
  await bar().waitFor({ state: 'detached' });
  expect(page().url()).not.toContain('replay=');
  await expect.poll(() => button('Resume').isEnabled()).toBe(true);
});

test('it goes on from page to page, and keys move in it', async () => {
  const { at, status } = seen[2] as Seen;
  await world.open(address('/', at));
  await page().getByText(`${status.received} of ${status.total} packages`).waitFor();
  await page().getByRole('navigation').getByRole('link', { name: 'Fleet' }).click();
  await page().getByRole('heading', { name: 'Fleet' }).waitFor();
  expect(page().url()).toContain('replay=');

  await page().locator('main').focus();
  await page().keyboard.press('ArrowLeft');
  await expect.poll(place).toBe(Math.round(Math.max(from - 1, at - 10)));
  await page().keyboard.press('Shift+ArrowRight');
  const { events } = await world.client.events();
  const next = events.find(({ timestamp }) => timestamp > Math.max(from - 1, at - 10));
  await expect.poll(place).toBe(Math.round((next?.timestamp ?? 0) + 0.25));
  // The address follows, so that it can be sent to somebody.
  await expect
    .poll(() => Number(new URL(page().url()).searchParams.get('replay')?.split('_')[2]))
    .toBeCloseTo((next?.timestamp ?? 0) + 0.25, 2);
});

test('it plays to the end by a key, never with two requests at once, and shows the end', async () => {
  let [now, most, all] = [0, 0, 0];
  const isSnapshot = (url: string) => url.includes('/protocol/snapshot');
  page().on('request', (request) => {
    if (!isSnapshot(request.url())) return;
    now += 1;
    all += 1;
    most = Math.max(most, now);
  });
  const isOver = (request: { url: () => string }) => {
    if (isSnapshot(request.url())) now -= 1;
  };
  page().on('requestfinished', isOver);
  page().on('requestfailed', isOver);
  await world.open(address('/', from));
  await bar().waitFor();
  await page().getByLabel('Speed').selectOption('100');
  await page().locator('main').focus();
  await page().keyboard.press('Space');

  const last = seen.at(-1)?.status;
  await page().getByText(`${last?.received} of ${last?.total} packages`).waitFor();
  await page().getByRole('banner').getByText('Paused', { exact: true }).waitFor();
  await button('Play').waitFor();
  expect(await place()).toBe(Math.round(to + 1));
  expect(most).toBe(1);
  expect(all).toBeLessThan(10);
});

test('a time is chosen on its own page, and what happened in it leads there', async () => {
  await world.open('/replay');
  await button('Last hour').click();
  await page().getByText('1h 0m in all').waitFor();
  const choice = page().getByRole('listitem').filter({ hasText: 'the world' });
  await choice.getByRole('button', { name: 'Choose' }).click();
  await page()
    .getByRole('button', { name: /^Go there.*app-misc\/|^Go there/ })
    .first()
    .click();
  await bar().waitFor();
  expect(new URL(page().url()).pathname).toBe('/');

  await world.open('/replay');
  await page().getByLabel('To', { exact: true }).fill('2020-01-01T00:00:00');
  await page().getByText('The end must be later than the beginning.').waitFor();
  expect(await button('Replay from the beginning').isDisabled()).toBe(true);
});

test('of a time before the history it is said why nothing is shown', async () => {
  const long = from - 80_000;
  await world.open(`/?replay=${long.toFixed(0)}_${to.toFixed(0)}_${(long + 5).toFixed(0)}`);
  const why = bar().getByRole('alert');
  await why.waitFor();
  expect(await why.textContent()).toContain('This moment cannot be shown: nothing is known of the time before');
});

test('it is good for everybody, in both themes and on a phone', async () => {
  for (const path of [
    '/replay',
    address('/', seen[4]?.at ?? 0),
    address('/queue', seen[4]?.at ?? 0),
    address('/wire', to),
  ]) {
    await world.open(path);
    await page().getByRole('heading', { level: 1 }).waitFor();
    expect(await world.violations()).toEqual([]);

    const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
    await phone.goto(world.url + path);
    await phone.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => phone.locator('[class*=skeleton]').count()).toBe(0);
    expect(await world.violations(phone)).toEqual([]);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    await phone.close();
  }
});

test('nothing was complained of in the console', () => {
  expect(world.complaints).toEqual([]);
});
