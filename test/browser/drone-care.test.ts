import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../src/client/client.ts';
import { type Dashboard, dashboard } from './browser.ts';

type Finding = Parameters<Client['recordAudit']>[0]['body'];

const CHECKS = [
  ...['profile', 'packages', 'world', 'forbidden', 'commands'],
  ...['directories', 'files', 'services', 'make_conf', 'portage_tree'],
];
/** Nobody listens at this port of the address, so no probe arrives. */
const NOWHERE = { ssh_address: '127.0.0.1', ssh_port: 1 };

let world: Dashboard;
beforeAll(async () => {
  world = await dashboard({
    // Longer than a drone of these tests is meant to be heard of, and short enough to wait for.
    ...{ SWARM_PROBE_SILENT_S: '5', SWARM_ESCALATION_S: '0.5', SWARM_PROBE_S: '0.5', SWARM_PROBES_IN_VAIN: '2' },
    // So much that no disk has it free.
    SWARM_DISK_LOW_MB: '100000000',
  });
  await world.join('anvil');
  await world.client.nodeSettings({ params: { id: 'anvil' }, body: { ...NOWHERE, machine: 'vm', reboot: 'never' } });
});
afterAll(() => world.close());

const card = (title: string) =>
  world.page.locator('section').filter({ has: world.page.getByRole('heading', { name: title, exact: true }) });
const newest = async () => (await world.client.escalations({ query: { drone: 'anvil' } })).escalations[0];

/** An audit of anvil whose services come out so. */
function auditOf(status: 'pass' | 'warn' | 'fail'): Finding {
  const isWell = status === 'pass';
  return {
    ...{ drone: 'anvil', address: '192.0.2.21', spec_version: 2, duration_s: 3 },
    verdict: isWell ? 'compliant' : 'non-compliant',
    checks: CHECKS.map((id) =>
      id === 'services' && !isWell
        ? {
            ...{ id, title: id, status, found: 'swarm-drone is stopped', expected: 'swarm-drone is running' },
            ...{ advice: 'rc-service swarm-drone start', details: ['service_stopped: swarm-drone'] },
          }
        : { id, title: id, status: 'pass', found: `${id} as it is`, expected: '', advice: null, details: [] },
    ),
  };
}

test('a drone that was never audited says how it is; an audit appears by itself, and what drifted with the next', async () => {
  await world.open('/fleet/anvil');
  await card('Audit').getByText('build-swarmv3 drone audit anvil').waitFor();

  await world.client.recordAudit({ body: auditOf('pass') });
  const checks = card('Audit').getByRole('list', { name: 'Checks', exact: true });
  await expect.poll(() => checks.locator(':scope > li').count()).toBe(10);
  await card('Audit').getByText('10 pass, 0 warn, 0 fail').waitFor();

  await world.client.recordAudit({ body: auditOf('fail') });
  await card('Audit').getByText('9 pass, 0 warn, 1 fail').waitFor();
  await checks.getByText('expected: swarm-drone is running').waitFor();
  await checks.getByText('rc-service swarm-drone start').waitFor();
  expect(await card('Audit').getByRole('list', { name: 'What drifted' }).innerText()).toBe(
    'services: pass → fail, swarm-drone is stopped',
  );
  const verdicts = card('Audit').getByRole('list', { name: 'Verdicts, oldest first' }).getByRole('listitem');
  await expect
    .poll(async () => (await verdicts.allTextContents()).map((text) => text.split(',')[0]))
    .toEqual(['compliant', 'non-compliant']);
});

test('a drone that is silent and out of reach asks a person, who takes it into his hands', async () => {
  await world.open('/fleet/anvil');
  await card('Care').getByText('Virtual machine', { exact: true }).waitFor();
  await card('Care').getByText('Never', { exact: true }).waitFor();
  await expect.poll(async () => (await newest())?.state).toBe('asked');
  const asked = await newest();
  await card('Care').getByText('A person was asked').waitFor();
  await card('Care').getByText('Probing failed').first().waitFor();
  expect(await world.violations()).toEqual([]);

  await card('Care').getByRole('button', { name: 'I see to it: anvil' }).click();
  const question = world.page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Leave it' }).click();
  await question.waitFor({ state: 'hidden' });
  expect((await newest())?.id).toBe(asked?.id);
  expect((await newest())?.state).toBe('asked');

  await card('Care').getByRole('button', { name: 'I see to it: anvil' }).click();
  await question.getByRole('button', { name: 'I see to it' }).click();
  await card('Care').getByText('left to a person').first().waitFor();
  const { escalations } = await world.client.escalations({ query: { drone: 'anvil' } });
  expect(escalations.find(({ id }) => id === asked?.id)).toMatchObject({ state: 'closed', ending: 'closed' });
});

test('the overview names who needs somebody, with what can be done beside it', async () => {
  // It was left to a person: only when it was heard of in between, another one is asked.
  await world.join('anvil');
  await expect.poll(async () => (await newest())?.state).toBe('asked');
  const asked = await newest();
  await world.open('/');
  await card('Needs attention').getByRole('link', { name: 'anvil needs somebody' }).waitFor();
  await card('Needs attention').getByText('it cannot be reached by SSH either').waitFor();
  expect(await world.violations()).toEqual([]);

  await card('Needs attention').getByRole('button', { name: 'I see to it: anvil' }).click();
  await world.page.getByRole('alertdialog').getByRole('button', { name: 'I see to it' }).click();
  await expect
    .poll(async () => {
      const { escalations } = await world.client.escalations({ query: { drone: 'anvil' } });
      return escalations.find(({ id }) => id === asked?.id)?.state;
    })
    .toBe('closed');
});

test('both cards fit a phone, and are good for everybody there; an earlier moment has neither', async () => {
  const phone = await world.window({ viewport: { width: 360, height: 780 }, colorScheme: 'light' });
  await phone.goto(`${world.url}/fleet/anvil`);
  await phone.getByRole('list', { name: 'Checks', exact: true }).waitFor();
  expect(await world.violations(phone)).toEqual([]);
  expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await phone.close();

  const now = Math.floor(Date.now() / 1000);
  await world.open(`/fleet/anvil?replay=${now - 60}_${now}_${now - 1}`);
  await card('Facts and health').waitFor();
  expect([await card('Audit').count(), await card('Care').count()]).toEqual([0, 0]);
});

test('the overview names a disk with little room as soon as that is found', async () => {
  await world.open('/');
  const disk = card('Needs attention').getByText(/has little room: .* free/);
  // It is looked for once a minute.
  await disk.first().waitFor({ timeout: 100_000 });
  const { events } = await world.client.eventsHistory({ query: { type: 'disk' } });
  await expect.poll(() => disk.allTextContents()).toEqual(events.map(({ message }) => message));
});
