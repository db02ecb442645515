import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

let world: Dashboard;
let before = '';
let after = '';
beforeAll(async () => {
  world = await dashboard();
  await world.join('anvil');
  before = await world.queue(['stays', 'goes']);
  await world.build('anvil');
  await world.build('anvil');
  await world.client.abortSession({ params: { id: before } }).catch(() => undefined);
  after = await world.queue(['comes', 'fails', 'waits']);
  await world.build('anvil');
  await world.build('anvil', { fails: { error_detail: 'make: *** [all] Error 1', failure_class: 'compile' } });
});
afterAll(() => world.close());

const button = (name: string | RegExp) => world.page.getByRole('button', { name });
const sessions = () => world.page.getByRole('grid', { name: 'Sessions' });

test('sessions are listed, found by words and outcome, and opened by keys', async () => {
  await world.open('/');
  await world.page.getByText('Overview').first().waitFor();
  await world.page.keyboard.press('g');
  await world.page.keyboard.press('s');
  await expect.poll(() => sessions().getByRole('row').count()).toBe(3);

  await world.page.getByText('Active', { exact: true }).click();
  await expect.poll(() => sessions().getByRole('row').count()).toBe(2);
  expect(world.page.url()).toContain('state=active');
  await world.page.getByRole('searchbox', { name: 'Name or id' }).fill('nothing like it');
  await world.page.getByText('No session is like that').waitFor();
  await button('Show all').click();
  await expect.poll(() => sessions().getByRole('row').count()).toBe(3);

  await sessions().focus();
  await world.page.keyboard.press('ArrowDown');
  await world.page.keyboard.press('Enter');
  await expect.poll(() => world.page.url()).toContain('/sessions/s-');
});

test('a session says how far it is, what failed, who queued it, and which packages are like what is asked', async () => {
  await world.open(`/sessions/${after}`);
  await world.page.getByText('1 of 3 packages').waitFor();
  await world.page.getByText(/by anyone/).waitFor();
  const packages = world.page.getByRole('grid', { name: 'Packages of the session' });
  await expect.poll(() => packages.getByRole('row').count()).toBe(4);

  await world.page.getByRole('group', { name: 'State' }).getByText('Received').click();
  await expect.poll(() => packages.getByRole('row').count()).toBe(2);
  await world.page.getByRole('group', { name: 'State' }).getByText('All').click();
  await world.page.getByRole('searchbox', { name: 'Package names' }).fill('fails');
  await expect.poll(() => packages.getByRole('row').count()).toBe(2);
  expect(world.page.url()).toContain('text=fails');
});

test('two sessions are marked and compared: what is new and what is gone', async () => {
  await world.open('/sessions');
  await expect.poll(() => sessions().getByRole('row').count()).toBe(3);
  expect(await button(/^Compare/).isDisabled()).toBe(true);
  await sessions().getByRole('checkbox', { name: 'Mark all' }).check();
  await button('Compare 2 of 2').click();

  await world.page.getByText('app-misc/goes').waitFor();
  const { gone, added } = await world.client.compareSessions({ params: { id: before, other: after } });
  expect(gone.map((each) => each.package).toSorted()).toEqual(['app-misc/goes', 'app-misc/stays']);
  expect(added).toHaveLength(2);
  expect(new URL(world.page.url()).searchParams.get('a')).toBe(before);

  await button('Swap').click();
  await expect.poll(() => new URL(world.page.url()).searchParams.get('a')).toBe(after);
  await world.page.getByRole('combobox', { name: 'First' }).selectOption(before);
  await expect.poll(() => new URL(world.page.url()).searchParams.get('a')).toBe(before);
});

test.each([
  ['/sessions', 'the world'],
  ['/sessions/AFTER', '1 of 3 packages'],
  ['/sessions/compare?a=BEFORE&b=AFTER', 'app-misc/goes'],
  ['/sessions/none-such', 'There is no such thing'],
])('%s is good for everybody, in both themes and on a phone', async (path, text) => {
  const address = path.replace('AFTER', after).replace('BEFORE', before);
  await world.open(address);
  await world.page.getByText(text).first().waitFor();
  expect(await world.violations()).toEqual([]);

  const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
  await phone.goto(world.url + address);
  await phone.getByText(text).first().waitFor();
  expect(await world.violations(phone)).toEqual([]);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await phone.close();
});

test('a session is aborted after a question that says what is lost', async () => {
  await world.open(`/sessions/${after}`);
  await button('Abort').click();
  const question = world.page.getByRole('alertdialog');
  await question.getByText('It cannot be taken back').waitFor();
  await question.getByRole('button', { name: 'Leave it' }).click();
  await question.waitFor({ state: 'hidden' });
  const stateOf = async () => (await world.client.sessionDetail({ params: { id: after } })).session.status;
  expect(await stateOf()).toBe('active');

  await button('Abort').click();
  await world.page.getByRole('button', { name: 'Abort the session' }).click();
  await expect.poll(stateOf).toBe('aborted');
  await world.page.getByText('aborted', { exact: true }).first().waitFor();
});

test('nothing was complained of in the console but a session that there is not', () => {
  expect(world.complaints.filter((text) => !text.includes('404'))).toEqual([]);
});
