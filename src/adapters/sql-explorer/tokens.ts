/** A piece of SQL as SQLite's own tokenizer cuts it. `from` and `to` count UTF-16 units; `to` is the first after it. */
export type Token = {
  /** `word`: a keyword or a bare name. `quoted`: a name in quotes. `illegal`: SQLite would not take it. */
  readonly kind: 'word' | 'quoted' | 'text' | 'blob' | 'number' | 'variable' | 'sign' | 'illegal';
  /** As it stands in the query. */
  readonly source: string;
  /** The name that is meant, for `word` and `quoted`; else as `source`. */
  readonly value: string;
  readonly from: number;
  readonly to: number;
};

/**
 * Cut a query into its tokens, without blanks and comments.
 * See https://sqlite.org/src/file/src/tokenize.c; anything it calls illegal is `illegal` here.
 */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let from = 0;
  while (from < sql.length) {
    const blank = matchAt(BLANK, sql, from);
    if (blank !== undefined) {
      from += blank.length;
      continue;
    }
    const token = tokenAt(sql, from);
    tokens.push(token);
    from = token.to;
  }
  return tokens;
}

/** Blanks, of which a byte order mark is one; comments, of which the last one may lack its end. */
const BLANK = /[\t\n\f\r \ufeff]+|--[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/|$)/y;

// What may stand in a name, SQLite decides by bytes: everything beyond ASCII may.
const RULES: readonly (readonly [Token['kind'], RegExp])[] = [
  ['blob', /[xX]'(?:[0-9a-fA-F]{2})*'/y],
  ['illegal', /[xX]'[^']*'?/y],
  ['word', /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y],
  ['text', /'(?:[^']|'')*'/y],
  ['quoted', /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/y],
  ['illegal', /['"`[][^]*/y],
  ['number', /0[xX][0-9a-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?/y],
  ['variable', /\?\d*|[:@#$][A-Za-z0-9_$\u0080-\uffff]+(?:::[A-Za-z0-9_$\u0080-\uffff]*)*(?:\([^)\s]*\))?/y],
  ['sign', /->>?|\|\||<<|<=|<>|>>|>=|==|!=|[-+*/%&|~<>=();,.]/y],
  ['illegal', /[^]/y],
];

const NAME_PART = /[A-Za-z0-9_$\u0080-\uffff]+/y;

function tokenAt(sql: string, from: number): Token {
  for (const [kind, rule] of RULES) {
    const source = matchAt(rule, sql, from);
    if (source === undefined) continue;
    // A number that runs into a name is one bad token: 12abc.
    const tail = kind === 'number' ? (matchAt(NAME_PART, sql, from + source.length) ?? '') : '';
    if (tail !== '')
      return { kind: 'illegal', source: source + tail, value: tail, from, to: from + source.length + tail.length };
    return { kind, source, value: meant(kind, source), from, to: from + source.length };
  }
  throw new Error('the last rule takes any character');
}

function matchAt(rule: RegExp, sql: string, from: number): string | undefined {
  rule.lastIndex = from;
  return rule.exec(sql)?.[0];
}

function meant(kind: Token['kind'], source: string): string {
  if (kind !== 'quoted') return source;
  const quote = source.charAt(0);
  const inner = source.slice(1, -1);
  return quote === '[' ? inner : inner.replaceAll(quote + quote, quote);
}
