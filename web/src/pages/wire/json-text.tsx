import { type ReactNode, useMemo } from 'react';
import styles from './wire-detail.module.css';

/** JSON with one value a line; undefined for what is none. */
export function prettyJson(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text) as unknown, null, 2);
  } catch {
    return undefined;
  }
}

const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** JSON with its names, texts and other values in colours. */
export function JsonText({ text }: { readonly text: string }) {
  return useMemo(() => partsOf(text), [text]);
}

function partsOf(text: string): ReactNode {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, quoted, colon] = match;
    parts.push(text.slice(at, match.index));
    const look = quoted === undefined ? 'value' : colon === undefined ? 'text' : 'name';
    parts.push(
      <span key={match.index} className={styles[look]}>
        {quoted ?? whole}
      </span>,
      colon ?? '',
    );
    at = match.index + whole.length;
  }
  return [...parts, text.slice(at)];
}
