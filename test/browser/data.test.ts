import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Dashboard, dashboard } from './browser.ts';

let world: Dashboard;
beforeAll(async () => {
  world = await dashboard({ SWARM_SQL_MAX_ROWS: '5000' });
  for (const name of ['anvil', 'bellows', 'crucible']) await world.join(name);
});
afterAll(() => world.close());

const rows = () => world.page.getByRole('grid', { name: 'Rows of the answer' }).getByRole('row');
const button = (name: string | RegExp) => world.page.getByRole('button', { name, exact: true });
const editor = () => world.page.getByRole('textbox', { name: 'SQL query' });

async function write(sql: string): Promise<void> {
  await editor().click();
  await world.page.keyboard.press('Control+a');
  await world.page.keyboard.insertText(sql);
}

test('a query is run by keys, is kept in the address and among those asked before', async () => {
  await world.open('/data');
  await write("SELECT name FROM nodes WHERE name < 'b'");
  await world.page.keyboard.press('Control+Enter');
  await expect.poll(() => rows().count()).toBe(2);
  expect(world.page.url()).toContain('q=SELECT');

  await world.page.reload();
  await expect.poll(() => rows().count()).toBe(2);
  await button('Asked before ▾').click();
  await world.page.getByRole('menuitem', { name: /name < 'b'/ }).waitFor();
  await world.page.keyboard.press('Escape');
});

test('of a selected part only that is run', async () => {
  await world.open('/data');
  await write('SELECT 1 AS first; SELECT 2');
  for (const key of ['Control+Home', ...Array.from({ length: 'SELECT 1 AS first'.length }, () => 'Shift+ArrowRight')])
    await world.page.keyboard.press(key);
  await world.page.keyboard.press('Control+Enter');
  await expect.poll(() => world.page.getByRole('columnheader', { name: 'first' }).count()).toBe(1);
});

test('tables and columns are completed', async () => {
  await world.open('/data');
  await world.page.getByRole('button', { name: 'build_history', exact: true }).waitFor();
  await write('');
  await editor().pressSequentially('SELECT * FROM build_h');
  await expect.poll(() => world.page.getByRole('option', { name: 'build_history' }).count()).toBe(1);
});

test('a table is looked into by a click, and a column goes into the query', async () => {
  await world.open('/data');
  await button('nodes').click();
  await expect.poll(() => rows().count()).toBe(4);
  await button('Columns of nodes').click();
  await write('SELECT ');
  await world.page.getByTitle('Put cores into the query').click();
  await expect.poll(() => editor().textContent()).toContain('SELECT cores');
  await world.page.getByRole('searchbox', { name: 'Tables and columns' }).fill('drone_hea');
  await expect.poll(() => button('nodes').count()).toBe(0);
});

test('an error is shown at its place, and in words', async () => {
  await world.open('/data');
  await write('SELECT name,\n  colour\nFROM nodes');
  await button('Run').click();
  await world.page.getByText('no such column: colour').waitFor();
  await world.page.getByText('Line 2, column 3').waitFor();
  await expect.poll(() => world.page.locator('.cm-line [class*=wrong]').textContent()).toBe('colour');
  await editor().press('End');
  await editor().pressSequentially('s');
  await expect.poll(() => world.page.locator('.cm-line [class*=wrong]').count()).toBe(0);
});

test('what is cut and what takes too long is said', async () => {
  await world.open('/data');
  await world.page.getByLabel('At most').selectOption('100');
  const many = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < LAST) SELECT FIELD FROM n';
  await write(many.replace('LAST', '200').replace('FIELD', 'i'));
  await button('Run').click();
  await world.page.getByText(/cut after 100 rows/).waitFor();

  await write(many.replace('LAST', '1000000000').replace('FIELD', 'sum(i)'));
  await button('Run').click();
  await button(/^Stop/).waitFor();
  await button(/^Stop/).click();
  await world.page.getByText('Stopped', { exact: true }).waitFor();
  await button('Run').click();
  await world.page.getByRole('alert').waitFor({ timeout: 60_000 });
  expect(await world.page.getByRole('alert').textContent()).toMatch(/longer|time|seconds/i);
});

test('an answer is taken along as CSV and JSON, read row by row, and drawn', async () => {
  await world.open(`/data?q=${encodeURIComponent('SELECT name, cores, 7 AS seven FROM nodes ORDER BY name')}`);
  await expect.poll(() => rows().count()).toBe(4);
  const [csv] = await Promise.all([world.page.waitForEvent('download'), button('CSV').click()]);
  expect(await readFile(await csv.path(), 'utf8')).toMatch(/^name,cores,seven\r\nanvil,8,7\r\n/);
  const [json] = await Promise.all([world.page.waitForEvent('download'), button('JSON').click()]);
  expect(JSON.parse(await readFile(await json.path(), 'utf8'))).toHaveLength(3);

  await rows().nth(2).click();
  await world.page.getByRole('complementary', { name: 'The row in full' }).getByText('bellows').waitFor();
  await button('Close').click();

  await world.page.getByText('Chart', { exact: true }).click();
  await world.page.getByRole('figure', { name: 'The answer' }).waitFor();
  await world.page.getByRole('checkbox', { name: 'seven' }).uncheck();
  await button('Table').click();
  await expect.poll(() => world.page.getByRole('columnheader', { name: 'seven' }).count()).toBe(0);
});

test('a query is kept under a name, taken again and forgotten; shortcuts answer', async () => {
  await world.open('/data');
  await write('SELECT 41 + 1 AS answer');
  await button('Keep …').click();
  await world.page.getByRole('textbox', { name: 'Name of the query' }).fill('the answer');
  await world.page.keyboard.press('Enter');
  await write('SELECT 1');
  await button('Shortcuts ▾').click();
  await world.page.getByRole('menuitem', { name: 'the answer', exact: true }).click();
  await world.page.getByRole('columnheader', { name: 'answer' }).waitFor();

  await button('Shortcuts ▾').click();
  await world.page.getByRole('menuitem', { name: 'Forget the answer' }).click();
  await button('Shortcuts ▾').click();
  expect(await world.page.getByRole('menuitem', { name: 'the answer', exact: true }).count()).toBe(0);
  await world.page.getByRole('menuitem', { name: 'Drones', exact: true }).click();
  await expect.poll(() => rows().count()).toBe(4);
});

test('the page is good for everybody, in both themes and on a phone', async () => {
  const path = `/data?q=${encodeURIComponent('SELECT * FROM nodes')}`;
  await world.open(path);
  await expect.poll(() => rows().count()).toBe(4);
  expect(await world.violations()).toEqual([]);

  const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
  await phone.goto(world.url + path);
  await phone.getByRole('grid', { name: 'Rows of the answer' }).waitFor();
  expect(await world.violations(phone)).toEqual([]);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await phone.close();
});

test('nothing was complained of in the console but what was refused on purpose', () => {
  expect(world.complaints.filter((text) => !/status of (4|5)\d\d/.test(text))).toEqual([]);
});
