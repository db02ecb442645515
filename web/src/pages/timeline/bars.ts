import type { Reply } from '../../api/api.ts';

export type BarState = 'running' | 'received' | 'failed' | 'returned' | 'reclaimed' | 'planned' | 'simulated';

/** A build as it is drawn. Times in Unix seconds. */
export type Bar = {
  readonly key: string;
  readonly attempt: number | null;
  /** Without `=`. */
  readonly package: string;
  /** Name of the drone. */
  readonly drone: string;
  readonly session: string | null;
  readonly state: BarState;
  readonly from: number;
  /** Null while it runs. */
  readonly to: number | null;
  /** When a running one will end as likely as not. */
  readonly expectedTo: number | null;
  /** The phase that it is in, or failed in. */
  readonly phase: string | null;
  readonly failureClass: string | null;
  /** Key of the bar that it waited for. */
  readonly after: string | null;
};

export type TimelineBuild = Reply<'timeline'>['builds'][number];
export type PackageEstimate = Reply<'estimates'>['packages'][number];
export type Schedule = NonNullable<Reply<'simulate'>['result']['schedule']>;

export function barOf(build: TimelineBuild): Bar {
  const name = bare(build.package);
  return {
    key: build.attempt === null ? `old ${build.drone} ${name} ${build.started_at}` : keyOfAttempt(build.attempt),
    ...{ attempt: build.attempt, package: name, drone: build.drone, session: build.session_id, state: build.state },
    ...{ from: build.started_at, to: build.ended_at, expectedTo: null },
    ...{ phase: build.phase, failureClass: build.failure_class },
    after: build.after === null ? null : keyOfAttempt(build.after),
  };
}

/**
 * What is foreseen: how long the running bars will go on, and a bar for each build to come. A build that should have
 * begun by now begins now.
 */
export function withPlans(bars: readonly Bar[], planned: readonly PackageEstimate[], now: number): readonly Bar[] {
  const running = new Map(bars.flatMap((bar) => (bar.to === null ? [[placeOf(bar), bar] as const] : [])));
  const keys = new Map(planned.map((each) => [each.package, keyOfPlan(running, each)]));
  const expected = new Map<string, number>();
  const coming: Bar[] = [];
  for (const each of planned) {
    const { planned_drone: drone, planned_start: start, planned_end: end } = each;
    if (drone === null || start === null || end === null) continue;
    const known = running.get(`${drone} ${bare(each.package)}`);
    if (known !== undefined) expected.set(known.key, end);
    else if (end > now) coming.push(comingBar(each, { drone, from: Math.max(now, start), to: end }, keys));
  }
  if (expected.size === 0) return [...bars, ...coming];
  return [
    ...bars.map((bar) => (expected.has(bar.key) ? { ...bar, expectedTo: expected.get(bar.key) ?? null } : bar)),
    ...coming,
  ];
}

function comingBar(
  each: PackageEstimate,
  place: { readonly drone: string; readonly from: number; readonly to: number },
  keys: ReadonlyMap<string, string>,
): Bar {
  return {
    ...{ key: `plan ${each.id}`, attempt: null, package: bare(each.package), session: each.session_id },
    ...{ state: 'planned', expectedTo: null, phase: null, failureClass: null },
    ...place,
    after: each.planned_after === null ? null : (keys.get(each.planned_after) ?? null),
  };
}

function keyOfPlan(running: ReadonlyMap<string, Bar>, each: PackageEstimate): string {
  return running.get(`${each.planned_drone} ${bare(each.package)}`)?.key ?? `plan ${each.id}`;
}

/** The builds of a simulated run that began at `startAt`. */
export function simulatedBars(schedule: Schedule, startAt: number): readonly Bar[] {
  return schedule.map((each) => ({
    ...{ key: `simulated ${each.package}`, attempt: null, package: each.package, drone: each.drone, session: null },
    ...{ state: 'simulated', expectedTo: null, phase: null, failureClass: null },
    ...{ from: startAt + each.start_s, to: startAt + each.end_s },
    after: each.after === null ? null : `simulated ${each.after}`,
  }));
}

export function keyOfAttempt(attempt: number): string {
  return `attempt ${attempt}`;
}

/** Where a build runs: of one package a drone has only one at a time. */
export function placeOf({ drone, package: name }: Pick<Bar, 'drone' | 'package'>): string {
  return `${drone} ${name}`;
}

export function bare(name: string): string {
  return name.replace(/^=/, '');
}

/** Where a bar ends as it is drawn: one that runs goes on to now. */
export function endOf(bar: Bar, now: number): number {
  return bar.to ?? Math.max(bar.from, now);
}
