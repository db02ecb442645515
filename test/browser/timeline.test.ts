import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

let world: Dashboard;
let session: string;
beforeAll(async () => {
  world = await dashboard();
  await world.join('anvil');
  await world.join('bellows');
});
afterAll(() => world.close());

const chart = () => world.page.getByRole('application', { name: 'Builds along time' });
const table = () => world.page.getByRole('grid', { name: 'Builds in this time' });
const press = async (...keys: readonly string[]) => {
  for (const key of keys) await world.page.keyboard.press(key);
};
const address = () => new URL(world.page.url()).searchParams;
const spanInAddress = () => Number(address().get('to')) - Number(address().get('from'));

test('before anything was built it says what to do', async () => {
  await world.open('/timeline');

  await world.page.getByText('Nothing was built yet').waitFor();
  expect(await world.violations()).toEqual([]);
});

test('a build appears while it runs, and ends as the stream says', async () => {
  await world.queue(['doomed']);
  await world.open('/timeline?view=table');
  const work = await world.take('anvil');

  await table()
    .getByRole('row', { name: /building/ })
    .waitFor();
  const name = work?.name.replace('=', '') ?? '';
  expect(
    await table()
      .getByRole('row', { name: new RegExp(name) })
      .count(),
  ).toBe(1);

  const { attempt = 0, name: atom = '' } = work ?? {};
  const missing = { status: 'failed', failure_class: 'missing', error_detail: 'no ebuild' } as const;
  const id = createHash('sha256').update('anvil').digest('hex').slice(0, 32);
  await world.client.complete({ body: { id, package: atom, attempt, build_duration_s: 2, ...missing } });

  await table()
    .getByRole('row', { name: /failed/ })
    .waitFor();
});

test('keys alone go from bar to bar, say what each is, and open its page', async () => {
  session = await world.queue(['lib', 'app', 'other'], [['app-misc/app-1', 'build', 'app-misc/lib-1']]);
  await buildUntil(3);
  await world.open('/timeline');
  await chart().focus();
  await press('Shift+ArrowRight');

  const said = world.page.getByText(/^app-misc\/\w+-1, (built|failed)\. Drone anvil, slot 1/);
  await expect.poll(() => said.count()).toBe(1);
  await press('Enter');

  await expect.poll(() => world.page.url()).toMatch(/\/builds\/\d+$/);
});

/** The address follows what is done a little later: read until it says the same twice. */
async function settled(read: () => number): Promise<number> {
  let last = Number.NaN;
  const isSame = () => {
    const before = last;
    last = read();
    return last === before;
  };
  await expect.poll(isSame, { interval: 400 }).toBe(true);
  return last;
}

test('zoom and pan by keys, wheel, drag, buttons and the strip are in the address, which opens the same again', async () => {
  await world.open('/timeline');
  await chart().focus();
  await press('Home');
  await expect.poll(spanInAddress).toBeGreaterThan(0);
  const all = spanInAddress();
  await press('+', '+');
  await expect.poll(spanInAddress).toBeLessThan(all);

  const near = await settled(spanInAddress);
  await world.page.getByRole('button', { name: 'Zoom out' }).click();
  await expect.poll(spanInAddress).toBeGreaterThan(near);
  await chart().hover();
  await world.page.mouse.wheel(0, -600);
  await expect.poll(spanInAddress).toBeLessThan(near);

  const from = () => Number(address().get('from'));
  const before = from();
  await drag(chart(), 150);
  await expect.poll(from).toBeLessThan(before);
  const dragged = await settled(from);
  await world.page.getByRole('slider', { name: 'Time that is shown' }).focus();
  await press('PageUp', 'PageUp', 'PageUp');
  await expect.poll(from).toBeGreaterThan(dragged);

  await settled(from);
  const shown = world.page.url();
  await world.page.goto(shown);
  await chart().waitFor();
  expect(world.page.url()).toBe(shown);
  await world.page.getByRole('button', { name: 'Now' }).click();
  await expect.poll(() => address().get('from')).toBeNull();
});

test('the critical path names what each build waited for', async () => {
  await world.open(`/timeline?session=${session}`);
  await world.page.getByRole('button', { name: 'Critical path' }).click();
  const steps = world.page.getByRole('list', { name: /^Critical path of/ }).getByRole('listitem');

  await expect.poll(() => steps.count()).toBeGreaterThan(0);
  const { builds } = await world.client.timeline({ query: { session } });
  const last = builds.find(({ state }) => state === 'received');
  await expect.poll(() => steps.last().textContent()).toContain(last?.package.replace('=', ''));
  expect(address().get('path')).toBe('true');
});

test('a session that is over stands beside its simulation, with the bound', async () => {
  await world.open('/timeline');
  expect(await world.page.getByRole('button', { name: 'Compare with simulation' }).isDisabled()).toBe(true);
  await world.page.getByRole('combobox', { name: 'Builds of' }).selectOption(session);
  await world.page.getByRole('button', { name: 'Compare with simulation' }).click();

  for (const name of [/^As it was: /, /^Simulated: /, /^Lower bound: /])
    await world.page.getByRole('meter', { name }).waitFor();
  expect(await world.page.getByRole('button', { name: 'Forecast' }).isDisabled()).toBe(true);
});

test('what is to come is drawn and listed, and can be left out', async () => {
  await world.join('anvil');
  await world.queue(['next', 'later']);
  await expect.poll(async () => (await world.client.estimates({ query: { planned: 'true' } })).packages.length).toBe(2);
  await world.open('/timeline?view=table');
  await world.page.getByRole('button', { name: 'All', exact: true }).click();
  await expect
    .poll(() =>
      table()
        .getByRole('row', { name: /foreseen/ })
        .count(),
    )
    .toBe(2);

  await world.page.getByRole('button', { name: 'Forecast' }).click();

  await expect
    .poll(() =>
      table()
        .getByRole('row', { name: /foreseen/ })
        .count(),
    )
    .toBe(0);
  expect(address().get('future')).toBe('false');
});

test('colours tell outcomes or phases', async () => {
  await world.open('/timeline');
  const colours = world.page.getByRole('list', { name: 'Colours' });
  await colours.getByText('built', { exact: true }).waitFor();

  await world.page.getByRole('radio', { name: 'Phase' }).check({ force: true });

  await colours.getByText('configure').waitFor();
  expect(address().get('colour')).toBe('phase');
});

test('a pointer over a bar is told what it is', async () => {
  await world.open('/timeline');
  await chart().focus();
  await press('Home');
  const box = await chart().boundingBox();
  const tip = world.page.getByText(/^anvil, slot \d$/);
  for (let x = 0; x < 1 && (await tip.count()) === 0; x += 0.01)
    await world.page.mouse.move((box?.x ?? 0) + x * (box?.width ?? 0), (box?.y ?? 0) + 36);

  expect(await tip.count()).toBe(1);
});

test('two fingers show less time, one finger moves along it', async () => {
  const phone = await world.window({ viewport: { width: 360, height: 780 }, hasTouch: true });
  await phone.goto(`${world.url}/timeline`);
  const place = phone.getByRole('application', { name: 'Builds along time' });
  await phone.getByRole('button', { name: 'All', exact: true }).click();
  const range = () => {
    const { searchParams } = new URL(phone.url());
    return [Number(searchParams.get('from')), Number(searchParams.get('to'))] as const;
  };
  await expect.poll(() => range()[0]).toBeGreaterThan(0);
  const [from, to] = range();
  const box = await place.boundingBox();
  const y = (box?.y ?? 0) + 60;
  const fingers = await phone.context().newCDPSession(phone);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...xs: readonly number[]) =>
    fingers.send('Input.dispatchTouchEvent', { type, touchPoints: xs.map((x, id) => ({ x, y, id })) });

  await touch('touchStart', 200, 240);
  for (const apart of [10, 30, 50]) await touch('touchMove', 200 - apart, 240 + apart);
  await touch('touchEnd');
  await expect.poll(() => range()[1] - range()[0]).toBeLessThan(to - from);

  const [near] = range();
  await touch('touchStart', 200);
  for (const x of [215, 235, 260]) await touch('touchMove', x);
  await touch('touchEnd');
  await expect.poll(() => range()[0]).toBeLessThan(near);
});

test('it is good for everybody, in both themes and on a phone', async () => {
  await world.open(`/timeline?session=${session}&path=true&compare=true`);
  await world.page.getByRole('meter', { name: /^Simulated: / }).waitFor();
  expect(await world.violations()).toEqual([]);

  const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light', hasTouch: true });
  await phone.goto(`${world.url}/timeline`);
  await phone.getByRole('application', { name: 'Builds along time' }).waitFor();
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await world.violations(phone)).toEqual([]);
  expect(world.complaints).toEqual([]);
});

/** What needs a package is handed out once that is published. */
async function buildUntil(received: number): Promise<void> {
  await expect
    .poll(async () => {
      await world.build('anvil');
      return (await world.client.status()).received;
    })
    .toBe(received);
}

async function drag(target: ReturnType<typeof chart>, byX: number): Promise<void> {
  const box = await target.boundingBox();
  const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
  await world.page.mouse.move(x, y);
  await world.page.mouse.down();
  await world.page.mouse.move(x + byX / 2, y, { steps: 5 });
  await world.page.mouse.move(x + byX, y, { steps: 5 });
  await world.page.mouse.up();
}
