import { describe, expect, test } from 'vitest';
import type { SwarmEvent } from '../../live/swarm-state.ts';
import { type Bar, barOf, type PackageEstimate, withPlans } from './bars.ts';
import { barFrom } from './bars-for-tests.ts';
import { criticalPath } from './critical-path.ts';
import { dronesWithLanes } from './lanes.ts';
import { droneAt, laneAt, layoutOf } from './layout.ts';
import { followBuilds, type News } from './live-bars.ts';
import { withPhases } from './phases.ts';
import { timelineSearch } from './timeline-search.ts';
import { usageOf } from './usage.ts';
import { kept, ticksOf, zoomed } from './view-range.ts';

const NOW = 1_000;
const QUIET: News = { at: NOW, events: [], builds: new Map(), offset: 0, isAll: true };

function event(type: string, at: number, name: string, more: Record<string, unknown> = {}): SwarmEvent {
  return { id: at, type, message: '', details: { drone: 'anvil', package: `=${name}`, ...more }, timestamp: at };
}

function progress(attempt: number, name: string, elapsed: number, phase = 'compile') {
  const build = { attempt, package: `=${name}`, phase, elapsed_s: elapsed, drone_id: 'a', drone: 'anvil' };
  return new Map([[attempt, { ...build, heardAt: NOW * 1000 }]]);
}

describe('what is live', () => {
  test('a build that began and ended since is there, without asking again', () => {
    const events = [event('assign', 1_010, 'c/a-1'), event('fail', 1_030, 'c/a-1', { class: 'compile' })];

    const [bar, ...others] = followBuilds([], { ...QUIET, events });

    expect(others).toEqual([]);
    expect(bar).toMatchObject({ package: 'c/a-1', from: 1_010, to: 1_030, state: 'failed', failureClass: 'compile' });
  });

  test('a build that was running ends with its event', () => {
    const read = [{ ...barFrom('c/a-1', 500, null), attempt: 7, key: 'attempt 7' }];

    const [bar] = followBuilds(read, { ...QUIET, events: [event('complete', 1_020, 'c/a-1')] });

    expect(bar).toMatchObject({ attempt: 7, state: 'received', to: 1_020 });
  });

  test('events from before what was read, and those of no build, change nothing', () => {
    const read = [barFrom('c/a-1', 500, null)];
    const events = [event('complete', 400, 'c/a-1'), event('fail', 1_010, 'c/a-1', { drone: undefined })];

    expect(followBuilds(read, { ...QUIET, events })).toEqual(read);
  });

  test('progress names the attempt of a build, its phase, and builds that nobody spoke of', () => {
    const events = [event('assign', 999.5, 'c/a-1')];

    const named = followBuilds([], { ...QUIET, events, builds: progress(9, 'c/a-1', 0.5) });
    const unheard = followBuilds([], { ...QUIET, builds: progress(9, 'c/a-1', 30) });

    expect(named).toMatchObject([{ key: 'attempt 9', attempt: 9, from: 999.5, phase: 'compile' }]);
    expect(unheard).toMatchObject([{ attempt: 9, from: 970, to: null }]);
  });

  test('what was read as begun is not begun again by its event, and one session gets nothing added', () => {
    const read = [barFrom('c/a-1', 999.8, 999.9)];
    const events = [event('assign', 999.8, 'c/a-1'), event('assign', 1_005, 'c/b-1')];

    expect(followBuilds(read, { ...QUIET, events }).map((bar) => bar.package)).toEqual(['c/a-1', 'c/b-1']);
    expect(followBuilds(read, { ...QUIET, events, isAll: false })).toEqual(read);
  });

  test('phases are remembered as they were seen', () => {
    const first = withPhases(new Map(), progress(9, 'c/a-1', 30, 'unpack'), 0);
    const same = withPhases(first, progress(9, 'c/a-1', 31, 'unpack'), 0);
    const next = withPhases(same, progress(9, 'c/a-1', 40, 'compile'), 5);

    expect(same).toBe(first);
    expect(next.get(9)).toEqual([
      { phase: 'unpack', from: 1_000 },
      { phase: 'compile', from: 1_005 },
    ]);
  });
});

describe('what is foreseen', () => {
  const estimate = (name: string, start: number, end: number, after: string | null = null) =>
    ({
      ...{
        id: start,
        package: `=${name}`,
        session_id: null,
        planned_drone: 'anvil',
        planned_start: start,
        planned_end: end,
      },
      planned_after: after,
    }) as unknown as PackageEstimate;

  test('a running build is expected to go on, and what comes names what it waits for', () => {
    const bars = withPlans(
      [barFrom('c/a-1', 500, null)],
      [estimate('c/a-1', 500, 1_200), estimate('c/b-1', 1_200, 1_300, '=c/a-1'), estimate('c/c-1', 900, 950)],
      NOW,
    );

    expect(bars).toMatchObject([
      { package: 'c/a-1', expectedTo: 1_200 },
      { package: 'c/b-1', state: 'planned', from: 1_200, to: 1_300, after: 'c/a-1' },
    ]);
  });

  test('what should have begun by now begins now', () => {
    expect(withPlans([], [estimate('c/a-1', 900, 1_100)], NOW)).toMatchObject([{ from: NOW, to: 1_100 }]);
  });
});

describe('the critical path', () => {
  const pathOf = (bars: readonly Bar[], slots = 1) =>
    criticalPath(
      dronesWithLanes(
        bars,
        new Map([
          ['anvil', slots],
          ['bellows', 1],
        ]),
        NOW,
      ),
      NOW,
      () => true,
    );

  test('goes back from the last end, over what each build waited for', () => {
    const bars = [
      barFrom('lib', 0, 100),
      { ...barFrom('tool', 0, 60), drone: 'bellows' },
      { ...barFrom('app', 110, 300), drone: 'bellows', after: 'lib' },
    ];

    const { steps, spanS, waitS } = pathOf(bars);

    expect(steps.map(({ bar, waitedFor, waitS: wait }) => [bar.key, waitedFor, wait])).toEqual([
      ['lib', 'nothing', 0],
      ['app', 'need', 10],
    ]);
    expect({ spanS, waitS }).toEqual({ spanS: 300, waitS: 10 });
  });

  test('a build that waited for its slot longer than for its need follows the one before it there', () => {
    const bars = [
      { ...barFrom('lib', 0, 50), drone: 'bellows' },
      barFrom('other', 0, 200),
      { ...barFrom('app', 200, 300), after: 'lib' },
    ];

    expect(pathOf(bars).steps.map(({ bar, waitedFor }) => [bar.key, waitedFor])).toEqual([
      ['other', 'nothing'],
      ['app', 'slot'],
    ]);
  });

  test('without builds there is none', () => {
    expect(pathOf([])).toMatchObject({ steps: [], spanS: 0 });
  });
});

describe('use of drones', () => {
  const [anvil] = dronesWithLanes(
    [barFrom('a', 100, 300), barFrom('b', 200, 400), barFrom('c', 600, null)],
    new Map(),
    NOW,
  );

  test('is the busy share of the slots, as far as the time is past', () => {
    const usage = usageOf(anvil ?? { name: '', lanes: [] }, { from: 0, to: 2_000 }, NOW);

    expect(usage.utilisation).toBeCloseTo((200 + 200 + 400) / 2_000);
    expect(usage.idleS).toBe(300);
    expect(usage.gaps).toEqual([
      { from: 0, to: 100 },
      { from: 400, to: 600 },
    ]);
  });

  test('counts only what is shown', () => {
    expect(usageOf(anvil ?? { name: '', lanes: [] }, { from: 200, to: 300 }, NOW)).toMatchObject({
      utilisation: 1,
      idleS: 0,
    });
    expect(usageOf(anvil ?? { name: '', lanes: [] }, { from: 1_500, to: 2_000 }, NOW).gaps).toEqual([]);
  });
});

describe('range and places', () => {
  test('zooming keeps the moment under the pointer', () => {
    expect(zoomed({ from: 0, to: 100 }, 0.5, 25)).toEqual({ from: 12.5, to: 62.5 });
    expect(zoomed({ from: 0, to: 10 }, 0.001, 5)).toEqual({ from: 4.5, to: 5.5 });
  });

  test('something of the whole stays in sight', () => {
    expect(kept({ from: 500, to: 600 }, { from: 0, to: 100 })).toEqual({ from: 90, to: 190 });
    expect(kept({ from: -500, to: -400 }, { from: 0, to: 100 })).toEqual({ from: -90, to: 10 });
    expect(kept({ from: 20, to: 40 }, { from: 0, to: 100 })).toEqual({ from: 20, to: 40 });
  });

  test('ticks stand at whole times of the clock of the place', () => {
    const ticks = ticksOf({ from: 0, to: 86_400 }, { width: 960, apart: 80, zoneS: 3_600 });

    expect(ticks.map(({ label }) => label).slice(0, 3)).toEqual(['02:00', '04:00', '06:00']);
    expect(ticks.filter(({ isDay }) => isDay).map(({ at }) => at)).toEqual([82_800]);
    expect(ticksOf({ from: 0, to: 30 }, { width: 600, apart: 90, zoneS: 0 })[1]?.label).toBe('00:00:05');
  });

  test('a place on the chart is found again', () => {
    const drones = dronesWithLanes(
      [barFrom('a', 0, 10)],
      new Map([
        ['anvil', 2],
        ['bellows', 1],
      ]),
      NOW,
    );
    const layout = layoutOf([
      { id: 'real', title: 'As it was', drones },
      { id: 'simulated', title: 'Simulated', drones },
    ]);

    const row = layout.drones[2];
    expect(droneAt(layout, (row?.top ?? 0) + 1)).toBe(row);
    expect(droneAt(layout, 5)).toBeUndefined();
    expect(droneAt(layout, layout.height + 1)).toBeUndefined();
    expect(row && laneAt(row, row.top + row.height - 6, layout.lanePx)).toBe(1);
  });
});

test('an address that anybody may have written is read as far as it can be', () => {
  expect(timelineSearch({ from: 10, to: 5, colour: 'red', path: 'yes', span: -1 })).toEqual({});
  expect(timelineSearch({ from: 5, to: 10, span: 60, colour: 'phase', path: true, future: false })).toEqual({
    ...{ from: 5, to: 10, colour: 'phase', path: true, future: false },
  });
  expect(timelineSearch({ session: 17, compare: true, view: 'table', span: 600 })).toEqual({
    ...{ session: '17', compare: true, view: 'table', span: 600 },
  });
});

test('builds of version 3.1 have keys of their own', () => {
  const old = { attempt: null, package: '=c/a-1', drone: 'gone', session_id: null, state: 'received' as const };
  const times = { started_at: 5, ended_at: 9, phase: null, failure_class: null, after: null };

  expect(barOf({ ...old, ...times })).toMatchObject({ key: 'old gone c/a-1 5', package: 'c/a-1', from: 5, to: 9 });
});
