import { isMessageKind, type MessageKind } from './message-kinds.ts';

/** How the map is looked at, as its address says; what is usual is left out. */
export type TopologySearch = {
  readonly view?: 'list' | undefined;
  /** Kinds of messages that are not drawn, with commas between. */
  readonly hide?: string | undefined;
  /** Nothing moves. */
  readonly still?: true | undefined;
};

/** Reads an address that anybody may have written. */
export function topologySearch(search: Record<string, unknown>): TopologySearch {
  const { view, hide, still } = search;
  const hidden = [...hiddenOf(typeof hide === 'string' ? hide : '')];
  return {
    ...(view === 'list' ? { view } : {}),
    ...(hidden.length === 0 ? {} : { hide: hidden.join(',') }),
    ...(still === true || still === 'true' ? { still: true } : {}),
  };
}

/** Kinds that an address leaves out, in the order of the legend. */
export function hiddenOf(text: string | undefined): ReadonlySet<MessageKind> {
  return new Set((text ?? '').split(',').filter(isMessageKind));
}
