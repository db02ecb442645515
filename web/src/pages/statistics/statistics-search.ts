export const VIEWS = ['builds', 'packages', 'drones', 'failures'] as const;
export type StatisticsView = (typeof VIEWS)[number];

export const SPANS = ['day', 'week', 'month', 'all'] as const;
export type StatisticsSpan = (typeof SPANS)[number];

/** In hours; undefined is all that is remembered. */
export const SPAN_HOURS: Readonly<Record<StatisticsSpan, number | undefined>> = {
  ...{ day: 24, week: 168, month: 720, all: undefined },
};

/** What the statistics are of, as the address says; what is usual is left out. */
export type StatisticsSearch = {
  readonly view?: StatisticsView | undefined;
  readonly span?: StatisticsSpan | undefined;
  readonly text?: string | undefined;
  readonly drone?: string | undefined;
};

/** Reads an address that anybody may have written. */
export function statisticsSearch({ view, span, text, drone }: Record<string, unknown>): StatisticsSearch {
  const knownView = VIEWS.find((each) => each === view);
  const knownSpan = SPANS.find((each) => each === span);
  return {
    ...(knownView === undefined || knownView === 'builds' ? {} : { view: knownView }),
    ...(knownSpan === undefined || knownSpan === 'week' ? {} : { span: knownSpan }),
    ...(typeof text === 'string' && text !== '' ? { text: text.slice(0, 200) } : {}),
    ...(typeof drone === 'string' && drone !== '' ? { drone: drone.slice(0, 128) } : {}),
  };
}
