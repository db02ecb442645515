import { ALLOWED_FUNCTIONS, ALLOWED_VIRTUAL_TABLES } from './allowed.ts';
import { QueryProblem } from './problem.ts';
import { type Token, tokenize } from './tokens.ts';

/** What this build of SQLite knows by name, in lower case. */
export type Vocabulary = { readonly functions: ReadonlySet<string>; readonly modules: ReadonlySet<string> };

/** A query that may be given to SQLite. `inner` is what it explains, or itself. */
export type Screened = { readonly tokens: readonly Token[]; readonly inner: string };

const READERS = new Set(['select', 'with', 'values']);
/** Not all of them are in every build, and a build does not name them all. */
const MADE_UP_TABLES = new Set([
  'dbstat',
  'sqlite_dbpage',
  'sqlite_stmt',
  'bytecode',
  'tables_used',
  'sqlite_memstat',
  'sqlite_dbdata',
  'sqlite_dbptr',
]);

/**
 * The first look, before SQLite sees the query: one statement that reads, no functions and no made-up tables
 * that reach beyond the data. It goes by tokens, so texts and names are never mistaken for commands.
 * @throws QueryProblem
 */
export function screen(sql: string, known: Vocabulary): Screened {
  const tokens = tokenize(sql);
  if (tokens.length === 0) throw new QueryProblem('SQL_INVALID', 'Missing query parameter q');
  refuseIllegal(sql, tokens);
  const statement = oneStatement(tokens);
  const inner = innerOf(statement);
  const first = inner[0];
  if (first === undefined || first.kind !== 'word' || !READERS.has(lower(first))) {
    throw new QueryProblem(
      'SQL_FORBIDDEN',
      'Only SELECT queries allowed (also WITH, VALUES, EXPLAIN of those)',
      first?.from,
    );
  }
  for (const [index, token] of inner.entries()) refuseName(token, inner[index + 1], known);
  return { tokens, inner: sql.slice(first.from) };
}

function refuseIllegal(sql: string, tokens: readonly Token[]): void {
  // SQLite would stop there and run what comes before.
  const nul = sql.indexOf('\0');
  if (nul !== -1) throw new QueryProblem('SQL_INVALID', 'unrecognized token: a NUL character', nul);
  const bad = tokens.find((token) => token.kind === 'illegal');
  if (bad) throw new QueryProblem('SQL_INVALID', `unrecognized token: ${JSON.stringify(bad.source)}`, bad.from);
  const variable = tokens.find((token) => token.kind === 'variable');
  if (variable) {
    throw new QueryProblem(
      'SQL_INVALID',
      `there are no parameters here: write the value in place of ${variable.source}`,
      variable.from,
    );
  }
}

function oneStatement(tokens: readonly Token[]): readonly Token[] {
  const end = tokens.findIndex((token) => token.source === ';');
  if (end === -1) return tokens;
  const next = tokens[end + 1];
  if (next) throw new QueryProblem('SQL_INVALID', 'You can only execute one statement at a time.', next.from);
  return tokens.slice(0, end);
}

function innerOf(tokens: readonly Token[]): readonly Token[] {
  if (!isWord(tokens[0], 'explain')) return tokens;
  return isWord(tokens[1], 'query') && isWord(tokens[2], 'plan') ? tokens.slice(3) : tokens.slice(1);
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && lower(token) === word;
}

function refuseName(token: Token, next: Token | undefined, known: Vocabulary): void {
  // A table can be named by a text, too; that is found in the program.
  if (token.kind !== 'word' && token.kind !== 'quoted') return;
  const name = lower(token);
  if (isMadeUp(name, known)) throw new QueryProblem('SQL_FORBIDDEN', `${name} is not open to queries`, token.from);
  if (next?.source === '(' && known.functions.has(name) && !ALLOWED_FUNCTIONS.has(name)) {
    throw new QueryProblem('SQL_FORBIDDEN', `the function ${name}() is not open to queries`, token.from);
  }
}

function isMadeUp(name: string, { modules }: Vocabulary): boolean {
  if (ALLOWED_VIRTUAL_TABLES.has(name)) return false;
  return name.startsWith('pragma_') || MADE_UP_TABLES.has(name) || modules.has(name);
}

function lower(token: Token): string {
  return token.value.toLowerCase();
}
