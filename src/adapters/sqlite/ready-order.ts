/** A row that may be handed out, as far as its order goes. */
export type Ranked = { readonly id: number; readonly rank: number };

/** Rows that are ready, most urgent first: by rank, then by age. */
export type ReadyOrder = {
  add(row: Ranked): void;
  /** Look at one after the other until `look` has seen enough. */
  visit(look: (id: number) => 'next' | 'stop'): void;
};

/** So many places whose rows are gone are tolerated before the list is made anew. */
const MOST_GONE = 1024;

/** More rows than this that came in between are sorted together. */
const FEW = 16;
/** So many at most wait for somebody to look. */
const MOST_WAITING = 10_000;

/**
 * A sorted list. Rows come in order nearly always and go from its beginning, so that both are cheap; a row that
 * comes in between costs the moving of the rest, which for tens of thousands is some microseconds.
 * @param isThere Whether the row of a place is still ready, with this rank: a row that goes is not looked for.
 */
export function createReadyOrder(isThere: (place: Ranked) => boolean): ReadyOrder {
  let places: Ranked[] = [];
  let first = 0;
  /** In between, and not in their places yet. */
  let came: Ranked[] = [];
  const takeIn = () => {
    if (came.length > FEW) {
      places = merged(places.slice(first), came);
      first = 0;
    } else for (const place of came) insert(places, place, first);
    came = [];
  };
  const tidy = (gone: number) => {
    if (first <= MOST_GONE && gone <= MOST_GONE) return;
    places = gone > MOST_GONE ? places.slice(first).filter(isThere) : places.slice(first);
    first = 0;
  };
  return {
    add: ({ id, rank }) => {
      const place = { id, rank };
      const last = places.at(-1);
      if (last === undefined || first === places.length || compare(last, place) < 0) places.push(place);
      else if (came.push(place) > MOST_WAITING) takeIn();
    },
    visit: (look) => {
      takeIn();
      let gone = 0;
      for (let at = first; at < places.length; at += 1) {
        const place = places[at] as Ranked;
        if (isThere(place)) {
          if (look(place.id) === 'stop') break;
        } else if (at === first) first += 1;
        else gone += 1;
      }
      tidy(gone);
    },
  };
}

function insert(places: Ranked[], place: Ranked, from: number): void {
  const at = lowerBound(places, place, from);
  const there = places[at];
  // It was there before, and nobody has come by since it went.
  if (there === undefined || compare(there, place) !== 0) places.splice(at, 0, place);
}

function merged(places: readonly Ranked[], came: Ranked[]): Ranked[] {
  // Two sorted runs are what the sort is quickest with.
  const all = [...places, ...came.sort(compare)].sort(compare);
  return all.filter((place, index) => compare(all[index - 1] ?? NOBODY, place) !== 0);
}

const NOBODY: Ranked = { id: -1, rank: Number.POSITIVE_INFINITY };

function compare(one: Ranked, other: Ranked): number {
  return other.rank - one.rank || one.id - other.id;
}

/** The first place at or after `from` that does not come before `row`. */
function lowerBound(places: readonly Ranked[], row: Ranked, from: number): number {
  let [low, high] = [from, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(places[middle] as Ranked, row) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
