/** Which nodes reach each other. */
export type Components = { readonly componentOf: Int32Array; readonly count: number };

type Search = {
  readonly nextOf: readonly (readonly number[])[];
  readonly componentOf: Int32Array;
  /** When each node was found, and the earliest one that it leads back to; -1 is not found yet. */
  readonly foundAs: Int32Array;
  readonly low: Int32Array;
  readonly cursor: Int32Array;
  readonly calls: number[];
  readonly path: number[];
  found: number;
  count: number;
};

/** Strongly connected components (Tarjan, 1972), with stacks of its own, since real worlds have long chains. */
export function components(nextOf: readonly (readonly number[])[]): Components {
  const nodes = nextOf.length;
  const search: Search = {
    nextOf,
    componentOf: new Int32Array(nodes).fill(-1),
    foundAs: new Int32Array(nodes).fill(-1),
    low: new Int32Array(nodes),
    cursor: new Int32Array(nodes),
    calls: [],
    path: [],
    found: 0,
    count: 0,
  };
  for (let root = 0; root < nodes; root += 1) if (search.foundAs[root] === -1) explore(search, root);
  return { componentOf: search.componentOf, count: search.count };
}

function explore(search: Search, root: number): void {
  const { calls, nextOf, cursor } = search;
  enter(search, root);
  for (let node = calls.at(-1); node !== undefined; node = calls.at(-1)) {
    const at = cursor[node] as number;
    const next = (nextOf[node] as readonly number[])[at];
    cursor[node] = at + 1;
    if (next === undefined) leave(search, node);
    else follow(search, node, next);
  }
}

function enter(search: Search, node: number): void {
  search.foundAs[node] = search.low[node] = search.found;
  search.found += 1;
  search.calls.push(node);
  search.path.push(node);
}

function follow(search: Search, node: number, next: number): void {
  const { foundAs, componentOf } = search;
  if (foundAs[next] === -1) enter(search, next);
  else if (componentOf[next] === -1) lower(search, node, foundAs[next] as number);
}

function leave(search: Search, node: number): void {
  const { calls, path, low, foundAs, componentOf } = search;
  calls.pop();
  const caller = calls.at(-1);
  if (caller !== undefined) lower(search, caller, low[node] as number);
  if (low[node] !== foundAs[node]) return;
  for (let member = path.pop(); member !== undefined; member = member === node ? undefined : path.pop()) {
    componentOf[member] = search.count;
  }
  search.count += 1;
}

function lower({ low }: Search, node: number, to: number): void {
  low[node] = Math.min(low[node] as number, to);
}
