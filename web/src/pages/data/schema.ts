/** A column as its table was made with it. */
export type Column = { readonly name: string; readonly type: string; readonly isKey: boolean };

export type Table = {
  readonly name: string;
  /** Undefined while it is not counted. */
  readonly rows: number | undefined;
  readonly columns: readonly Column[];
  readonly sql: string;
};

/** Tables by name, from the statements that made them; indexes and the like are left out. */
export function tablesOf(
  schema: readonly { readonly name: string; readonly sql: string }[],
  rows: Readonly<Record<string, number>> = {},
): readonly Table[] {
  return schema
    .filter(({ sql }) => /^\s*CREATE\s+(VIRTUAL\s+)?(TABLE|VIEW)\b/i.test(sql))
    .map(({ name, sql }) => ({ name, sql, rows: rows[name], columns: columnsOf(sql) }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const CONSTRAINT = /^(constraint|primary|unique|check|foreign)\b/i;
const NAME = /^(?:"([^"]+)"|`([^`]+)`|\[([^\]]+)\]|(\S+))\s*([A-Za-z]*)/;

/** The columns that a CREATE TABLE statement names, in its order. */
export function columnsOf(sql: string): readonly Column[] {
  const text = sql.replaceAll(/--[^\n]*/g, '').replaceAll(/\/\*[^]*?\*\//g, '');
  return partsWithin(text)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !CONSTRAINT.test(part))
    .map((part) => {
      const [, quoted, ticked, bracketed, bare = '', type = ''] = NAME.exec(part) ?? [];
      const name = quoted ?? ticked ?? bracketed ?? bare;
      return { name, type: type.toUpperCase(), isKey: /\bprimary\s+key\b/i.test(part) };
    });
}

/** What stands between the commas of the first parentheses. */
function partsWithin(text: string): readonly string[] {
  const parts: string[] = [];
  let [part, quote, depth] = ['', '', 0];
  for (const letter of text.slice(text.indexOf('(') + 1)) {
    if (quote !== '') {
      if (letter === quote) quote = '';
    } else if (letter === "'" || letter === '"') quote = letter;
    else if (letter === '(') depth += 1;
    else if (letter === ')' && depth-- === 0) break;
    else if (letter === ',' && depth === 0) {
      parts.push(part);
      part = '';
      continue;
    }
    part += letter;
  }
  return [...parts, part];
}
