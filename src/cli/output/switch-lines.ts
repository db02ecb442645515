import type { Switched, Version } from '../../fleet/switch-drone.ts';
import type { Terminal } from '../frame/terminal.ts';
import type { FoundDrone } from '../hosts/find-drones.ts';
import { oneLine } from './text.ts';

/** A drone and what became of it; null in a dry run. */
export type SwitchedDrone = { readonly drone: FoundDrone; readonly outcome: Switched | null };

/** One drone, as the first version wrote it. */
export function switchedLine({ drone, outcome }: SwitchedDrone, { style }: Terminal): string {
  const head = `  ${drone.name} (${oneLine(drone.address)})...`;
  switch (outcome?.kind) {
    case undefined:
      return head;
    case 'switched':
      return `${head} ${style.green('OK')}  ${oneLine(outcome.line)}`;
    case 'unchanged':
      return `${head} ${style.green('OK')}  ${oneLine(outcome.line)} (as before)`;
    case 'rolled-back':
      return `${head} ${style.red('FAILED')}  ${oneLine(outcome.error)}; switched back to ${oneLine(outcome.line)}`;
    case 'failed':
      return `${head} ${style.red('FAILED')}  ${oneLine(outcome.error)}`;
  }
}

/** All of them. */
export function switchSummary(drones: readonly SwitchedDrone[], version: Version, { style }: Terminal): string[] {
  const failed = drones.filter(({ outcome }) => outcome?.kind === 'failed' || outcome?.kind === 'rolled-back');
  if (failed.length === 0)
    return ['', `  ${style.green(`All ${drones.length} drone(s) switched to ${version.toUpperCase()}`)}`, ''];
  return [
    '',
    `  ${drones.length - failed.length} switched, ${failed.length} failed`,
    `  ${style.red('Failed:')} ${failed.map(({ drone }) => drone.name).join(', ')}`,
    '',
  ];
}

/** The same for programs. */
export function switchReport(url: string, drones: readonly SwitchedDrone[]) {
  return {
    target: url,
    drones: drones.map(({ drone, outcome }) => ({
      name: drone.name,
      ip: drone.address,
      status: outcome === null ? 'planned' : outcome.kind.replace('-', '_'),
      gateway_url: outcome !== null && 'line' in outcome ? outcome.line.replace(/^GATEWAY_URL="?|"$/g, '') : null,
      error: outcome !== null && 'error' in outcome ? outcome.error : null,
    })),
  };
}
