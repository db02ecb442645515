// Workloads, fleets and reference schedules for bench/schedule.mjs. Durations in seconds on 8 cores.
import { readFileSync } from 'node:fs';

export const SERIAL_SHARE = 0.2;
export const REFERENCE_CORES = 8;

/** Seconds on a drone with so many cores for one second on the reference drone. */
export const slownessOf = (cores) => SERIAL_SHARE + ((1 - SERIAL_SHARE) * REFERENCE_CORES) / cores;

/** mulberry32, as the black-box bench has it, so that the same seeds choose the same packages. */
export function random(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return { next, normal, int: (below) => Math.floor(next() * below) };
}

/** A recorded world as a list of { name, seconds, needs }: what must be installed before it can be built. */
export function readWorld(path, installedShare, seed = 1) {
  const packages = JSON.parse(readFileSync(path, 'utf8')).packages;
  const placeOf = new Map(packages.map((each, place) => [each.cpv, place]));
  const known = (list, self) => (list ?? []).filter((cpv) => placeOf.has(cpv) && cpv !== self);
  const build = packages.map((each) => known(each.build_deps, each.cpv));
  const run = packages.map((each) => known(each.run_deps, each.cpv));
  const isMergeOrder = packages.every((_, place) => build[place].every((cpv) => placeOf.get(cpv) < place));
  const { next } = random(seed + 555);
  const installed = new Set(packages.map((each) => each.cpv).filter(() => next() < installedShare));
  const tasks = packages.map((each, place) => {
    const counts = (cpv) => cpv !== each.cpv && !installed.has(cpv) && (!isMergeOrder || placeOf.get(cpv) < place);
    const needs = new Set();
    const pending = [...build[place]];
    for (let cpv = pending.pop(); cpv !== undefined; cpv = pending.pop()) {
      if (needs.has(cpv) || !counts(cpv)) continue;
      needs.add(cpv);
      pending.push(...run[placeOf.get(cpv)]);
    }
    return { name: each.cpv, seconds: each.seconds, memoryMb: each.mem_mb, needs: [...needs] };
  });
  return tasks;
}

/** A random world: a few widely used packages, local dependencies, log-normal durations, sometimes giants. */
export function randomWorld(count, seed) {
  const { next, normal, int } = random(seed * 7919 + 13);
  const spread = 0.6 + 1.2 * next();
  const reach = 0.02 + 0.4 * next();
  const width = 1 + int(4);
  const giants = int(5);
  const tasks = [];
  for (let place = 0; place < count; place += 1) {
    const needs = new Set();
    const wanted = place < 8 ? Math.min(place, 1) : int(width + 1) + (next() < 0.8 ? 1 : 0);
    for (let each = 0; each < wanted; each += 1) {
      const need = next() < 0.3 ? int(Math.min(place, 20)) : place - 1 - Math.floor(Math.abs(normal()) * count * reach);
      if (need >= 0 && need < place) needs.add(tasks[need].name);
    }
    tasks.push({ name: `random/p${place}-1`, seconds: Math.max(1, Math.exp(Math.log(40) + spread * normal())), needs: [...needs] });
  }
  for (let each = 0; each < giants; each += 1) tasks[int(count)].seconds = 1000 + 6000 * next();
  return tasks;
}

/** Needs as places in the list, all of them earlier in `order`. Cycles are cut where they close. */
export function ordered(tasks) {
  const placeOf = new Map(tasks.map((task, place) => [task.name, place]));
  const needs = tasks.map((task) => task.needs.map((name) => placeOf.get(name)));
  const state = new Uint8Array(tasks.length);
  const order = [];
  for (let root = 0; root < tasks.length; root += 1) {
    if (state[root] !== 0) continue;
    const stack = [[root, 0]];
    state[root] = 1;
    while (stack.length > 0) {
      const top = stack.at(-1);
      const [task, at] = top;
      if (at === needs[task].length) {
        state[task] = 2;
        order.push(task);
        stack.pop();
        continue;
      }
      const need = needs[task][at];
      if (state[need] === 1) {
        needs[task].splice(at, 1);
        continue;
      }
      top[1] += 1;
      if (state[need] === 0) {
        state[need] = 1;
        stack.push([need, 0]);
      }
    }
  }
  const dependents = tasks.map(() => []);
  needs.forEach((list, task) => { for (const need of list) dependents[need].push(task); });
  return { needs, dependents, order };
}

/** Topcuoglu, Hariri, Wu (2002): ranks by mean duration, earliest finish, insertion into gaps. The true durations are known. */
export function heft(tasks, slowness) {
  const { needs, dependents, order } = ordered(tasks);
  const mean = slowness.reduce((sum, each) => sum + each, 0) / slowness.length;
  const rank = new Float64Array(tasks.length);
  for (const task of order.toReversed()) rank[task] = tasks[task].seconds * mean + dependents[task].reduce((most, each) => Math.max(most, rank[each]), 0);
  const place = new Int32Array(tasks.length);
  order.forEach((task, at) => { place[task] = at; });
  const sorted = [...order].sort((a, b) => rank[b] - rank[a] || place[a] - place[b]);
  const busy = slowness.map(() => []);
  const finish = new Float64Array(tasks.length);
  for (const task of sorted) {
    const ready = needs[task].reduce((latest, need) => Math.max(latest, finish[need]), 0);
    let best = null;
    slowness.forEach((factor, drone) => {
      const lasts = tasks[task].seconds * factor;
      const { start, at } = firstGap(busy[drone], ready, lasts);
      if (best === null || start + lasts < best.end - 1e-9) best = { drone, start, at, end: start + lasts };
    });
    busy[best.drone].splice(best.at, 0, [best.start, best.end]);
    finish[task] = best.end;
  }
  return finish.reduce((latest, end) => Math.max(latest, end), 0);
}

function firstGap(busy, ready, lasts) {
  let low = 0;
  let high = busy.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (busy[middle][1] <= ready) low = middle + 1;
    else high = middle;
  }
  let start = ready;
  for (let at = low; at < busy.length; at += 1) {
    if (start + lasts <= busy[at][0] + 1e-9) return { start, at };
    start = Math.max(start, busy[at][1]);
  }
  return { start, at: busy.length };
}

/** Greedy: whoever is free takes the ready task that stands first. `order` is 'fifo' (as listed), 'hops' or 'rank'. */
export function greedy(tasks, slowness, kind) {
  const { needs, dependents, order } = ordered(tasks);
  const key = new Float64Array(tasks.length);
  if (kind === 'fifo') tasks.forEach((_, task) => { key[task] = -task; });
  else for (const task of order.toReversed()) key[task] = (kind === 'hops' ? 1 : tasks[task].seconds) + dependents[task].reduce((most, each) => Math.max(most, key[each]), 0);
  const left = needs.map((list) => list.length);
  const ready = order.filter((task) => left[task] === 0);
  const free = slowness.map((_, drone) => drone);
  let running = [];
  let now = 0;
  for (;;) {
    ready.sort((a, b) => key[b] - key[a] || a - b);
    while (free.length > 0 && ready.length > 0) {
      const [drone, task] = [free.shift(), ready.shift()];
      running.push({ drone, task, end: now + tasks[task].seconds * slowness[drone] });
    }
    if (running.length === 0) return now;
    running.sort((a, b) => a.end - b.end || a.drone - b.drone);
    const { drone, task, end } = running.shift();
    now = end;
    free.push(drone);
    for (const each of dependents[task]) if (--left[each] === 0) ready.push(each);
  }
}
