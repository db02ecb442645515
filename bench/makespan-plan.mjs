// For a black-box makespan client: queues its workload as a plan, with every dependency, instead of plain atoms.
//   makespan.mjs --start-cmd '…' --workload FILE --submit bench/makespan-plan.mjs
// ESTIMATES=50 lets each package come with its duration, off by a factor of up to 1.5 in either direction (SEED).
const [OFF_PERCENT, SEED] = [Number(process.env.ESTIMATES ?? Number.NaN), Number(process.env.SEED ?? 1)];

export default function plan(workload) {
  const random = generator(SEED);
  const known = new Set(workload.packages.map((each) => each.cpv));
  const index = new Map(workload.packages.map((each, place) => [each.cpv, place]));
  const isMergeOrder = workload.packages.every((each) => inside(each.build_deps).every((need) => index.get(need) < index.get(each.cpv)));
  function inside(names = []) {
    return names.filter((name) => known.has(name));
  }
  const byName = new Map(workload.packages.map((each) => [each.cpv, each]));
  // In a list in merge order a run-time dependency that comes later is installed already.
  const isEarlier = (name, than) => !isMergeOrder || index.get(name) < index.get(than);
  function broughtLate(target) {
    const [late, seen, pending] = [new Set(), new Set([target.cpv]), inside(target.build_deps)];
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      for (const next of inside(byName.get(name).run_deps)) {
        if (!isEarlier(next, target.cpv)) continue;
        if (!isEarlier(next, name)) late.add(next);
        pending.push(next);
      }
    }
    return late;
  }
  const nodes = workload.packages.map((each) => ({
    ...{ cpv: each.cpv, slot: '0', subslot: '0', repo: 'gentoo', type: 'ebuild', operation: 'merge', use: [], iuse: [] },
    ...(Number.isFinite(OFF_PERCENT) ? { expected_s: Math.max(0.1, each.seconds * (1 + (OFF_PERCENT / 100) * (2 * random() - 1))) } : {}),
  }));
  const edges = workload.packages.flatMap((each) => [
    ...inside(each.build_deps).map((to) => edge(each.cpv, to, 'build')),
    ...inside(each.run_deps).filter((to) => isEarlier(to, each.cpv)).map((to) => edge(each.cpv, to, 'run')),
    // What comes along with a need only later in the list, and yet before this package.
    ...[...broughtLate(each)].map((to) => edge(each.cpv, to, 'build')),
  ]);
  const merge_order = workload.packages.map((each) => each.cpv);
  return [{ method: 'POST', path: '/api/v1/queue', body: { plan: { format: 1, portage_version: 'none', command: 'none', success: true, nodes, edges, merge_order, targets: merge_order, circular: null, problems: [] } } }];
}

function edge(from, to, type) {
  return { from, to, types: [type], priorities: [], atoms: [] };
}

/** Mulberry32. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
