import type { SimulationReply } from '../../contract/simulation-reply.ts';
import { count, duration, fit, oneLine, wrap } from './text.ts';

type Outcome = SimulationReply['result'];

/** What a simulation came to, for people: at most 80 columns. */
export function simulationLines(reply: SimulationReply): string[] {
  const { result, baseline, real } = reply;
  return [
    ...wrap(headline(reply), 80),
    ...(reply.known_share < TRUSTED_SHARE ? ['Of most of them nothing is known: these are guesses.'] : []),
    '',
    row('', ['expected', '9 of 10', 'bound', 'ratio', 'busy']),
    ...(baseline === null ? [] : [outcomeRow('as it is', baseline)]),
    outcomeRow(baseline === null ? 'as it is' : 'with the changes', result),
    ...differenceRows(reply),
    ...(real === null ? [] : [row('the real run', [time(real.makespan_s)])]),
    ...(real === null || real.failures === 0
      ? []
      : ['', `In the real run ${count(real.failures, 'build')} failed; simulated ones do not.`]),
    ...leftOverLines(result),
    '',
    ...droneLines(result),
  ];
}

/** Below it the end of a session is said to be unknown. */
const TRUSTED_SHARE = 0.5;

const SOURCES = {
  given: 'of the workload',
  present: 'left to build',
  past: 'of a session that is over',
} as const;

function headline({ source, packages, known_share: known, runs, elapsed_ms: elapsed }: SimulationReply): string {
  const unknown = known < 1 ? `, ${Math.round((1 - known) * 100)} % of them never built before` : '';
  const simulated = runs === 1 ? 'simulated once' : `simulated ${runs} times`;
  return `${count(packages, 'package')} ${SOURCES[source]}${unknown}; ${simulated} in ${(elapsed / 1000).toFixed(1)} s`;
}

const LABEL = 18;
const COLUMN = 11;

function row(label: string, cells: readonly string[]): string {
  return `${label.padEnd(LABEL)}${cells.map((cell) => cell.padStart(COLUMN)).join('')}`.trimEnd();
}

function outcomeRow(label: string, outcome: Outcome): string {
  const {
    makespan_p50_s: p50,
    makespan_p90_s: p90,
    lower_bound_s: bound,
    ratio_to_bound: ratio,
    utilisation,
  } = outcome;
  if (p50 === null || p90 === null) return row(label, ['never', 'never', '', '', '']);
  return row(label, [time(p50), time(p90), time(bound), ratio.toFixed(2), percent(utilisation)]);
}

function differenceRows({ difference, baseline }: SimulationReply): string[] {
  if (difference === null || difference.p50_s === null || baseline?.makespan_p50_s == null) return [];
  const share = baseline.makespan_p50_s === 0 ? '' : percent(difference.p50_s / baseline.makespan_p50_s, true);
  return [row('difference', [signed(difference.p50_s), signed(difference.p90_s ?? 0), share])];
}

function leftOverLines({ left_over: leftOver }: Outcome): string[] {
  const left = `${count(leftOver, 'package')} could not be built: no drone takes them, or they wait for such.`;
  return leftOver === 0 ? [] : ['', ...wrap(left, 80)];
}

const NAME = 20;
const DRONE_COLUMNS = [6, 7, 8, 7, 10, 22] as const;
const MORE_DRONES = 40;

function droneLines({ drones }: Outcome): string[] {
  const busiest = drones.toSorted((left, right) => right.utilisation - left.utilisation);
  const shown = busiest.slice(0, MORE_DRONES);
  return [
    droneRow('DRONE', ['SLOTS', 'SPEED', 'BUILDS', 'BUSY', 'IDLE', 'LONGEST GAP']),
    ...shown.map((drone) =>
      droneRow(oneLine(drone.name), [
        String(drone.slots),
        (1 / drone.slowness).toFixed(2),
        String(drone.builds),
        percent(drone.utilisation),
        time(drone.idle_s),
        longestGap(drone.gaps),
      ]),
    ),
    ...(drones.length > shown.length ? [`and ${drones.length - shown.length} more (--json shows all)`] : []),
  ];
}

function droneRow(name: string, cells: readonly string[]): string {
  const padded = cells.map((cell, at) => cell.padStart(DRONE_COLUMNS[at] ?? 0));
  return `${fit(name, NAME, '…')}${padded.join('')}`;
}

function longestGap(gaps: Outcome['drones'][number]['gaps']): string {
  const longest = gaps.toSorted((left, right) => right.to_s - right.from_s - (left.to_s - left.from_s))[0];
  return longest === undefined || longest.to_s - longest.from_s < 1
    ? '-'
    : `${time(longest.to_s - longest.from_s)} at ${time(longest.from_s)}`;
}

function time(seconds: number): string {
  return duration(seconds * 1000);
}

function signed(seconds: number): string {
  return Math.abs(seconds) < 0.5 ? 'none' : `${seconds < 0 ? '-' : '+'}${time(Math.abs(seconds))}`;
}

function percent(share: number, hasSign = false): string {
  const rounded = Math.round(share * 100);
  return `${hasSign && rounded > 0 ? '+' : ''}${rounded} %`;
}
