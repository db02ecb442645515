import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

const NAMES = ['lib', 'tool', 'app', 'plugin', 'alone'];

let world: Dashboard;
let session = '';
beforeAll(async () => {
  world = await dashboard();
  session = await world.queue(NAMES, [
    ['app-misc/tool-1', 'build', 'app-misc/lib-1'],
    ['app-misc/app-1', 'build', 'app-misc/tool-1'],
    ['app-misc/app-1', 'build', 'app-misc/lib-1'],
    ['app-misc/lib-1', 'post', 'app-misc/plugin-1'],
    ['app-misc/plugin-1', 'build', 'app-misc/tool-1'],
  ]);
  await world.join('anvil');
});
afterAll(() => world.close());

const drawing = () => world.page.getByRole('application', { name: /^Plan of/ });
const box = (name: string) => world.page.getByRole('group', { name: new RegExp(`^app-misc/${name}-1,`) });
const boxes = () => world.page.locator('[id^=graph-package-]');
const panel = (name: string) => world.page.getByRole('complementary', { name: `About app-misc/${name}-1` });
const button = (name: string) => world.page.getByRole('button', { name, exact: true });
const graph = (more: { package?: string } = {}) => world.client.sessionGraph({ params: { id: session }, query: more });
const view = () => world.page.locator('.react-flow__viewport').getAttribute('style');
const search = () => new URL(world.page.url()).searchParams;

test('all packages of the plan are drawn as they stand, and change while one looks', async () => {
  await world.open('/graph');
  await expect.poll(() => boxes().count()).toBe(NAMES.length);
  const { critical_path: path, circles } = await graph();
  expect(await world.page.locator('[data-path=true]').count()).toBe(path.packages.length);
  expect(circles).toHaveLength(1);
  await world.page.getByText('circles 1').waitFor();

  const work = await world.take('anvil');
  const name = work?.name.slice('=app-misc/'.length, -'-1'.length) ?? '';
  await world.page.getByRole('group', { name: new RegExp(`^app-misc/${name}-1, building, on anvil`) }).waitFor();
  await world.client.complete({
    body: { id: (await anvil()) ?? '', package: work?.name ?? '', attempt: work?.attempt ?? 0, status: 'returned' },
  });
  await world.page.getByRole('group', { name: new RegExp(`^app-misc/${name}-1, ready`) }).waitFor();
});

const anvil = async () => {
  const nodes = await world.client.nodes({ query: { all: 'true' } });
  return (Array.isArray(nodes) ? nodes : nodes.drones).find(({ name }) => name === 'anvil')?.id;
};

test('keys lead from package to package along the edges, into the panel, and to what is around', async () => {
  await world.open('/graph?at=app-misc/tool-1');
  await panel('tool').waitFor();
  await drawing().focus();
  await world.page.keyboard.press('ArrowLeft');
  await panel('lib').waitFor();
  expect(search().get('at')).toBe('app-misc/lib-1');

  await world.page.keyboard.press('ArrowRight');
  await panel('lib').waitFor({ state: 'detached' });
  await drawing().focus();
  await world.page.keyboard.press('c');
  const first = search().get('at');
  await world.page.keyboard.press('c');
  await expect.poll(() => search().get('at')).not.toBe(first);

  await world.page.keyboard.press('Enter');
  await expect.poll(() => world.page.evaluate(() => document.activeElement?.id)).toBe('graph-panel');
  await drawing().focus();
  await world.page.keyboard.press('f');
  await expect.poll(() => search().get('focus')).toBe(search().get('at'));
  await world.page.keyboard.press('Escape');
  await expect.poll(() => search().get('at')).toBeNull();
  await world.page.keyboard.press('Escape');
  await expect.poll(() => search().get('focus')).toBeNull();
});

test('the panel tells about a package and leads on', async () => {
  await world.open('/graph');
  await box('tool').click();
  await panel('tool').getByText('waits for', { exact: false }).first().waitFor();
  await panel('tool').getByText('In a circle that the plan breaks').waitFor();

  await panel('tool')
    .getByRole('button', { name: /^app-misc\/app-1\b.*waiting/ })
    .click();
  await panel('app').waitFor();
  expect(await panel('app').getByRole('link', { name: 'app-misc/app-1' }).getAttribute('href')).toBe(
    '/packages/app-misc/app-1',
  );
  await panel('app').getByRole('button', { name: 'Close' }).click();
  await panel('app').waitFor({ state: 'detached' });
});

test('only what is around a package is shown, on the side and as far as is asked for', async () => {
  await world.open('/graph?at=app-misc/app-1');
  await button('Only around it').click();
  const { nodes } = await graph({ package: 'app-misc/app-1' });
  await expect.poll(() => boxes().count()).toBe(nodes.length);
  await box('alone').waitFor({ state: 'detached' });

  await world.page.getByLabel('How far').selectOption('1');
  await expect.poll(() => boxes().count()).toBe(3);
  await world.page.getByLabel('Which side').selectOption('users');
  await expect.poll(() => boxes().count()).toBe(1);
  await button('Show all packages again').click();
  await expect.poll(() => boxes().count()).toBe(NAMES.length);
});

test('a package is found by a few letters', async () => {
  await world.open('/graph');
  await box('lib').waitFor();
  await world.page.keyboard.press('/');
  await world.page.keyboard.type('misc plug');
  await world.page.getByRole('option', { name: /plugin/ }).waitFor();
  await world.page.keyboard.press('Enter');

  await panel('plugin').waitFor();
  await world.page.getByRole('combobox', { name: 'Find a package' }).fill('nothing like it');
  expect(await world.page.getByText('No package of this plan is called that.').count()).toBe(1);
});

test('it is zoomed and moved, and laid out in another way', async () => {
  await world.open('/graph');
  await box('lib').waitFor();
  const changes = async (act: () => Promise<unknown>) => {
    const before = await view();
    await act();
    await expect.poll(view).not.toBe(before);
  };
  await changes(() => button('Zoom in').click());
  const room = await drawing().boundingBox();
  const [x, y] = [(room?.x ?? 0) + 40, (room?.y ?? 0) + 40];
  await changes(async () => {
    await world.page.mouse.move(x, y);
    await world.page.mouse.down();
    await world.page.mouse.move(x + 600, y + 30, { steps: 5 });
    await world.page.mouse.up();
  });
  // Part of it is out of sight now, and the map shows where that is.
  await changes(() => world.page.locator('[class*=minimap]').click({ position: { x: 20, y: 20 } }));
  await changes(() => button('Zoom out').click());
  await changes(() => button('Fit').click());
  await drawing().focus();
  await changes(() => world.page.keyboard.press('+'));
  await changes(() => world.page.keyboard.press('0'));

  const place = () => box('alone').locator('..').getAttribute('style');
  const flow = await place();
  await world.page.getByText('Levels', { exact: true }).click();
  await expect.poll(place).not.toBe(flow);
  expect(search().get('order')).toBe('levels');
});

test('edges that follow from others are drawn when they are asked for', async () => {
  await world.open('/graph');
  await box('lib').waitFor();
  await world.page.getByRole('checkbox', { name: 'Implied edges' }).check();
  await expect.poll(() => search().get('implied')).toBe('true');
});

test('the critical path is a list in the order of the control plane', async () => {
  await world.open('/graph');
  await world.page.getByText('Critical path', { exact: true }).click();
  const { nodes, critical_path: path } = await graph();
  const listed = () => world.page.getByRole('listitem').getByRole('button').allInnerTexts();
  await expect
    .poll(async () => (await listed()).map((text) => text.split('\n', 1)[0]))
    .toEqual(path.packages.map((place) => nodes[place]?.package.slice(1)));

  await world.page.getByRole('button', { name: /^app-misc\/tool-1/ }).click();
  await panel('tool').waitFor();
});

test('what is finished is folded away, and stays until it is folded when it finishes later', async () => {
  await world.open('/graph?fold=true');
  await expect.poll(() => boxes().count()).toBe(NAMES.length);
  await world.join('anvil');
  const built = await world.build('anvil');
  const name = built?.name.slice('=app-misc/'.length, -'-1'.length) ?? '';
  await world.page.getByRole('group', { name: new RegExp(`^app-misc/${name}-1, received`) }).waitFor();

  await button('Fold 1 more').click();
  await expect.poll(() => boxes().count()).toBe(NAMES.length - 1);
  await world.page.getByRole('checkbox', { name: 'Fold finished' }).uncheck();
  await expect.poll(() => boxes().count()).toBe(NAMES.length);
});

test('a session without a plan says so; another session is chosen', async () => {
  await world.client.queueAdd({ body: { packages: ['app-misc/listed'], session_name: 'a list' } });
  await world.open('/graph?session=a%20list');
  await world.page.getByText('This session has no plan').waitFor();

  await world.page.getByLabel('Session').selectOption(session);
  await expect.poll(() => boxes().count()).toBe(NAMES.length);
});

test('it is good for everybody, in both themes and on a phone', async () => {
  await world.open(`/graph?session=${session}&at=app-misc/tool-1`);
  await panel('tool').getByText('In a circle that the plan breaks').waitFor();
  expect(await world.violations()).toEqual([]);

  const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
  await phone.goto(`${world.url}/graph?session=${session}`);
  await phone.getByText('that must follow each other', { exact: false }).waitFor();
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await world.violations(phone)).toEqual([]);
  await phone.getByText('Graph', { exact: true }).last().click();
  await phone.getByRole('application').waitFor();
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(world.complaints).toEqual([]);
});

test('where nothing is planned it says what to do', async () => {
  const empty = await dashboard();
  try {
    await empty.open('/graph');
    await empty.page.getByText('Nothing is planned yet').waitFor();
    expect(await empty.violations()).toEqual([]);
  } finally {
    await empty.close();
  }
});
