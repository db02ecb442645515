/**
 * Query parameters as clients know them, decoded like a form: a repeated one counts once, the first that is not
 * empty wins.
 */
export function parseQuery(text: string): Record<string, string> {
  const first: Record<string, string> = {};
  if (text === '') return first;
  for (const [key, value] of new URLSearchParams(text)) {
    if (first[key] === '' || !Object.hasOwn(first, key)) first[key] = value;
  }
  return first;
}

/** The path of a request whose line names the whole address, as clients of a proxy send it. */
export function pathOf({ url = '/' }: { readonly url?: string | undefined }): string {
  if (url.startsWith('/')) return url;
  const absolute = /^https?:\/\/[^/?#]*(.*)$/i.exec(url)?.[1];
  if (absolute === undefined) return url;
  return absolute.startsWith('/') ? absolute : `/${absolute}`;
}
