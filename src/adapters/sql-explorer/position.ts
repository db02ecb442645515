import type { QueryPosition } from '../../app/sql-explorer.ts';
import type { Token } from './tokens.ts';

/** Above that, a token that occurs so often is not worth the search. */
const MOST_PLACES = 4096;

/**
 * Where in a query the error is that SQLite reports, or undefined: its messages name the place by the text
 * there, or by the name that is meant. `isAccepted` says whether SQLite's parser gets through the beginning of
 * the query up to an offset without that same error.
 */
export function findError(
  message: string,
  { sql, tokens, isAccepted }: { sql: string; tokens: readonly Token[]; isAccepted: (end: number) => boolean },
): number | undefined {
  if (message === 'incomplete input') return sql.trimEnd().length;
  const near = /^near "([^]*)": syntax error$/.exec(message)?.[1];
  if (near !== undefined)
    return firstRefused(
      tokens.filter((token) => token.source === near),
      isAccepted,
    );
  const name =
    /^(?:no such|ambiguous|wrong number of arguments to|misuse of)[^]*?[:)] *([^]+?)$|function ([^]+?)\(/.exec(message);
  return name === null ? undefined : placeOfName(name[1] ?? name[2] ?? '', tokens)?.from;
}

/** The parser reads from left to right, so it takes all places before the bad one and none after it. */
function firstRefused(places: readonly Token[], isAccepted: (end: number) => boolean): number | undefined {
  if (places.length > MOST_PLACES) return undefined;
  let low = 0;
  let high = places.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isAccepted(places[middle]?.to ?? 0)) low = middle + 1;
    else high = middle;
  }
  return places[low]?.from;
}

/** The first token, or tokens joined by points, that make this name. */
function placeOfName(name: string, tokens: readonly Token[]): Token | undefined {
  const wanted = name.toLowerCase().split('.');
  const matches = (token: Token | undefined, part: string) => token?.value.toLowerCase() === part;
  const found = tokens.findIndex((_, start) => wanted.every((part, index) => matches(tokens[start + 2 * index], part)));
  return found === -1 ? undefined : tokens[found];
}

/** Lines and columns as editors count them, from 1. */
export function positionAt(sql: string, offset: number): QueryPosition {
  const before = sql.slice(0, offset);
  return { offset, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}
