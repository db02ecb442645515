export const SIDES = ['both', 'needs', 'users'] as const;
export type Side = (typeof SIDES)[number];

const ORDERS = ['levels', 'flow'] as const;
export type Order = (typeof ORDERS)[number];

const VIEWS = ['graph', 'path'] as const;
export type View = (typeof VIEWS)[number];

/** What of which plan is shown, as its address says; what is usual is left out. */
export type GraphSearch = {
  /** Id of a session; the active or newest one when absent. */
  readonly session?: string | undefined;
  /** The package that is marked and told about: category, name and version. */
  readonly at?: string | undefined;
  /** Only this package and what is around it. */
  readonly focus?: string | undefined;
  /** What it needs, what needs it, or both. */
  readonly side?: Side | undefined;
  /** Only so many steps around it. */
  readonly reach?: number | undefined;
  /** Packages that are there already are folded away. */
  readonly fold?: true | undefined;
  /** Also edges that follow from others. */
  readonly implied?: true | undefined;
  /** How it is laid out; by its size when absent. */
  readonly order?: Order | undefined;
  /** As a graph, or the critical path as a list; by the room there is when absent. */
  readonly view?: View | undefined;
};

const TEXTS = ['session', 'at', 'focus'] as const;
const MAX_LENGTH = 300;
const MAX_REACH = 9;

/** Reads an address that anybody may have written. */
export function graphSearch(search: Record<string, unknown>): GraphSearch {
  const texts = TEXTS.flatMap((name): readonly (readonly [string, string])[] => {
    const value = search[name];
    // The router takes words of digits for numbers.
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text !== '' ? [[name, text.slice(0, MAX_LENGTH)] as const] : [];
  });
  const side = SIDES.find((each) => each === search['side'] && each !== 'both');
  const order = ORDERS.find((each) => each === search['order']);
  const view = VIEWS.find((each) => each === search['view']);
  const reach = Number(search['reach']);
  return {
    ...Object.fromEntries<string>(texts),
    ...(side === undefined ? {} : { side }),
    ...(Number.isInteger(reach) && reach >= 1 && reach <= MAX_REACH ? { reach } : {}),
    ...(isYes(search['fold']) ? { fold: true } : {}),
    ...(isYes(search['implied']) ? { implied: true } : {}),
    ...(order === undefined ? {} : { order }),
    ...(view === undefined ? {} : { view }),
  };
}

function isYes(value: unknown): boolean {
  return value === true || value === 'true' || value === 1;
}
