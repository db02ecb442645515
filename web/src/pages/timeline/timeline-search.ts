export const COLOURINGS = ['outcome', 'phase'] as const;
export type Colouring = (typeof COLOURINGS)[number];

/** What the timeline shows, as its address says; what is usual is left out. Times in Unix seconds. */
export type TimelineSearch = {
  /** Only builds of this session. */
  readonly session?: string | undefined;
  /** From when to when; without them the chart follows the time. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** How many seconds are shown while it follows. */
  readonly span?: number | undefined;
  readonly colour?: Exclude<Colouring, 'outcome'> | undefined;
  /** Which chain of builds decides the end. */
  readonly path?: true | undefined;
  /** What will be built is left out. */
  readonly future?: false | undefined;
  /** Beside how it would be simulated. */
  readonly compare?: true | undefined;
  readonly view?: 'table' | undefined;
};

/** Reads an address that anybody may have written. */
export function timelineSearch(search: Record<string, unknown>): TimelineSearch {
  const { session, colour, view } = search;
  const [from, to, span] = [timeOf(search['from']), timeOf(search['to']), timeOf(search['span'])];
  const isRange = from !== undefined && to !== undefined && from < to;
  const id = typeof session === 'number' ? String(session) : session;
  return {
    ...(typeof id === 'string' && id !== '' ? { session: id.slice(0, 200) } : {}),
    ...(isRange ? { from, to } : {}),
    ...(span === undefined || span === 0 || isRange ? {} : { span }),
    ...(colour === 'phase' ? { colour } : {}),
    ...(search['path'] === true ? { path: true } : {}),
    ...(search['future'] === false ? { future: false } : {}),
    ...(search['compare'] === true ? { compare: true } : {}),
    ...(view === 'table' ? { view } : {}),
  };
}

function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 && value < 1e11 ? value : undefined;
}
