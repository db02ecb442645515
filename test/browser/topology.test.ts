import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

let world: Dashboard;
let held: number;
beforeAll(async () => {
  world = await dashboard({ NODE_TIMEOUT: '3600', SWARM_LEASE_S: '3600' });
  await world.join('anvil', { metrics: { cpu_percent: 40, ram_percent: 20 } });
  await world.join('bellows');
});
afterAll(() => world.close());

const drone = (name: string) => world.page.getByRole('link', { name: new RegExp(`^${name}: `) });
const signs = (kind: string) => world.page.locator(`[data-layer="messages"] [data-kind="${kind}"]`);
const button = (name: string | RegExp) => world.page.getByRole('button', { name });
const scale = () => world.page.locator('svg[aria-label="Map of the swarm"] > g').getAttribute('transform');

test('the map shows each drone with its state and its slots, and leads to its page', async () => {
  await world.queue(['a', 'b', 'c', 'd']);
  await world.open('/topology');
  await drone('anvil').waitFor();
  const work = await world.take('anvil');
  held = work?.attempt ?? 0;
  const running = [{ attempt: held, package: work?.name ?? '', phase: 'compile', elapsed_s: 3 }];
  await world.join('anvil', { running, current_task: work?.name });
  await expect
    .poll(() => drone('anvil').getAttribute('aria-label'))
    .toContain('1 of 4 slots in use, builds a, compile');

  await world.client.pauseNode({ params: { id: 'bellows' } });
  await expect.poll(() => drone('bellows').getAttribute('aria-label')).toContain('bellows: paused');

  await drone('anvil').click();
  await expect.poll(() => world.page.url()).toMatch(/\/fleet\/anvil$/);
});

test('what goes over the wires moves, each kind by its sign; kinds are left out, and all can be held', async () => {
  await world.open('/topology');
  await drone('anvil').waitFor();
  await expect
    .poll(async () => {
      await world.join('anvil');
      return signs('heartbeat').count();
    })
    .toBeGreaterThan(0);
  const moved = world.page.waitForSelector('[data-layer="messages"] [data-kind="work"]', { state: 'attached' });
  await world.take('anvil', [held]);
  await moved;

  await button(/^Heartbeat/).click();
  await expect.poll(() => world.page.url()).toContain('hide=heartbeat');
  await expect.poll(() => signs('heartbeat').count()).toBe(0);
  await world.join('bellows');
  const built = world.page.waitForSelector('[data-layer="messages"] [data-kind="complete"]', { state: 'attached' });
  await world.build('anvil');
  await built;
  expect(await signs('heartbeat').count()).toBe(0);

  await button('Hold messages').click();
  await expect.poll(() => world.page.url()).toContain('still=true');
  await world.client.control({ body: { action: 'pause' } });
  await expect.poll(() => button(/^Order/).textContent()).toMatch(/[1-9]$/);
  expect(await world.page.locator('[data-layer="messages"] > *').count()).toBe(0);
  await world.client.control({ body: { action: 'resume' } });
});

test('who wants no motion sees the wire light up instead', async () => {
  const calm = await world.window({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  await calm.goto(`${world.url}/topology`);
  await calm.getByRole('link', { name: /^anvil: / }).waitFor();
  const lit = calm.waitForSelector('[data-layer="messages"] path[stroke]', { state: 'attached' });
  await world.client.control({ body: { action: 'rebalance' } });
  await lit;

  expect(await calm.locator('[data-kind]').count()).toBe(0);
  await calm.close();
});

test('it is zoomed and moved by keys, the wheel and buttons, and fits again', async () => {
  await world.open('/topology');
  await drone('anvil').waitFor();
  const fitted = await scale();

  await drone('anvil').focus();
  await world.page.keyboard.press('+');
  await expect.poll(scale).not.toBe(fitted);
  const larger = await scale();
  await world.page.keyboard.press('ArrowLeft');
  await expect.poll(scale).not.toBe(larger);
  await world.page.keyboard.press('0');
  await expect.poll(scale).toBe(fitted);

  await drone('bellows').hover();
  await world.page.mouse.wheel(0, -300);
  await expect.poll(scale).not.toBe(fitted);
  await button('Fit').click();
  await expect.poll(scale).toBe(fitted);
  await button('Larger').click();
  await button('Smaller').click();
  await expect.poll(scale).toBe(fitted);
});

test('the list says the same in words, with how fast drones are answered, and leads to them by the keyboard', async () => {
  await world.open('/topology?view=list');
  const list = world.page.getByRole('grid', { name: 'Drones and their wires' });
  await expect.poll(() => list.getByRole('row').count()).toBe(3);
  await expect.poll(() => list.getByRole('row').nth(1).textContent()).toMatch(/anvil.*\d ms/);

  await list.focus();
  await world.page.keyboard.press('ArrowDown');
  await world.page.keyboard.press('Enter');
  await expect.poll(() => world.page.url()).toMatch(/\/fleet\/(anvil|bellows)$/);
});

test.each(['/topology', '/topology?view=list'])('%s is good for everybody, at a desk and on a phone', async (path) => {
  await world.open(path);
  await world.page.getByText('2 of 2 drones online').waitFor();
  expect(await world.violations()).toEqual([]);

  const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
  await phone.goto(world.url + path);
  await phone.getByText('2 of 2 drones online').waitFor();
  expect(await world.violations(phone)).toEqual([]);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await phone.close();
});

test('two hundred drones are all on the map', async () => {
  await Promise.all(Array.from({ length: 198 }, (_, index) => world.join(`drone-${index + 1}`)));
  await world.open('/topology');
  await world.page.getByText('200 of 200 drones online').waitFor();

  const window = await world.page.locator('svg[aria-label="Map of the swarm"]').boundingBox();
  const tiles = await world.page.locator('[data-drone]').evaluateAll((all) =>
    all.map((tile) => {
      const { left, top, right, bottom } = tile.getBoundingClientRect();
      return [left, top, right, bottom] as const;
    }),
  );
  expect(tiles).toHaveLength(200);
  const [left, top] = [window?.x ?? 0, window?.y ?? 0];
  const [right, bottom] = [left + (window?.width ?? 0), top + (window?.height ?? 0)];
  expect(tiles.filter(([x, y, xx, yy]) => x < left || y < top || xx > right || yy > bottom)).toEqual([]);
});

test('nothing was complained of in the console', () => {
  expect(world.complaints).toEqual([]);
});
