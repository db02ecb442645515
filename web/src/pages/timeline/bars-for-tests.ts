import type { Bar } from './bars.ts';

/** A build of `anvil`, ordinary in every respect; one without an end runs. */
export function barFrom(name: string, from: number, to: number | null): Bar {
  return {
    ...{ key: name, attempt: null, package: name, drone: 'anvil', session: null, from, to, expectedTo: null },
    state: to === null ? 'running' : 'received',
    ...{ phase: null, failureClass: null, after: null },
  };
}
