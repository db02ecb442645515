import type { Reply } from '../../api/api.ts';

export type Answer = Reply<'sqlQuery'>;
export type Cell = Answer['rows'][number][number];

/** Columns and rows, whoever made them. */
type Grid = { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] };

/** A cell as it is shown: null and binary values say what they are. */
export function cellText(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return 'NULL';
  if (typeof cell === 'object') return `x'${cell.blob}'${cell.bytes * 2 > cell.blob.length ? '…' : ''}`;
  return String(cell);
}

/** RFC 4180: lines end with CRLF, quotes are doubled. NULL is empty, an empty text is in quotes. */
export function csvOf({ columns, rows }: Grid): string {
  return [columns, ...rows].map((cells) => `${cells.map(field).join(',')}\r\n`).join('');
}

function field(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'object' ? cell.blob : String(cell);
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One object a row; of columns with one name the last counts. */
export function jsonOf({ columns, rows }: Grid): string {
  return JSON.stringify(
    rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at] ?? null]))),
    null,
    2,
  );
}

const SAMPLED_ROWS = 200;
const LEAST_LETTERS = 6;
const MOST_LETTERS = 44;

/** How many letters each column should be wide, by its head and its first rows. */
export function widthsOf({ columns, rows }: Grid): readonly number[] {
  return columns.map((title, at) => {
    const longest = rows
      .slice(0, SAMPLED_ROWS)
      .reduce((most, row) => Math.max(most, cellText(row[at]).length), title.length + 2);
    return Math.min(MOST_LETTERS, Math.max(LEAST_LETTERS, longest));
  });
}

export type ColumnKind = 'number' | 'time' | 'text';

const TIME_NAME = /(^|_)(at|time|timestamp|since|until|seen|from|to)$/i;
/** Unix seconds from 2001 to 2096. */
const [EARLIEST_S, LATEST_S] = [1e9, 4e9];

/** What the values of each column are: texts, numbers, or moments (numbers that are likely to be Unix seconds). */
export function kindsOf({ columns, rows }: Grid): readonly ColumnKind[] {
  return columns.map((name, at) => {
    const values = rows.slice(0, SAMPLED_ROWS).flatMap((row) => row[at] ?? []);
    if (values.length === 0 || !values.every((value) => typeof value === 'number')) return 'text';
    const isTime = TIME_NAME.test(name) && values.every((value) => value > EARLIEST_S && value < LATEST_S);
    return isTime ? 'time' : 'number';
  });
}

export type Drawing = {
  readonly places: readonly number[];
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  /** Of places that stand for texts. */
  readonly labels: readonly string[] | undefined;
};

/** Columns as lines over another: moments and numbers in their order, texts in the order of the rows. */
export function drawingOf(answer: Grid, x: number, ys: readonly number[]): Drawing {
  const { columns, rows } = answer;
  const isText = kindsOf(answer)[x] === 'text';
  const placed = rows
    .map((row, index) => ({ place: isText ? index : Number(row[x] ?? Number.NaN), row }))
    .filter(({ place }) => Number.isFinite(place))
    .toSorted((a, b) => a.place - b.place);
  return {
    places: placed.map(({ place }) => place),
    series: ys.map((at) => ({
      label: columns[at] ?? '',
      values: placed.map(({ row }) => {
        const value = row[at];
        return typeof value === 'number' ? value : null;
      }),
    })),
    labels: isText ? rows.map((row) => cellText(row[x])) : undefined,
  };
}
