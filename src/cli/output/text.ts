/** `8s`, `2m 5s`, `1h 4m`; whole seconds, rounded. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h ${Math.floor((seconds % 3600) / 60)}m`;
}

/** `text` cut to `width` columns, with `more` at its end if something is missing. */
export function cut(text: string, width: number, more: string): string {
  if (text.length <= width) return text;
  return width <= more.length ? text.slice(0, Math.max(0, width)) : text.slice(0, width - more.length) + more;
}

/** `text` in lines of at most `width` columns, broken at blanks; a word that is longer stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length === 0 || longer.length > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** `text` in exactly `width` columns. */
export function fit(text: string, width: number, more: string): string {
  return cut(text, width, more).padEnd(Math.max(0, width));
}

/** One line without control characters, for text that came out of a build. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim();
}

/** `1 package`, `3 packages`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
