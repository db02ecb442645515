import { answerParent } from '../../platform/answer-parent.ts';
import { listSchema, listTables } from './list-tables.ts';
import { openReader } from './open-reader.ts';
import { type Query, runQuery } from './run-query.ts';

/** What this process can be asked. */
export type SqlQuestion =
  | { readonly kind: 'tables' }
  | { readonly kind: 'schema' }
  | ({ readonly kind: 'query' } & Query);

const [path, wirePath] = process.argv.slice(2);
if (path === undefined || wirePath === undefined) throw new Error('two database files are needed');
const { connection, known } = openReader(path, wirePath);

answerParent((question) => {
  // Our own parent's, see explorer.ts.
  const asked = question as SqlQuestion;
  switch (asked.kind) {
    case 'tables':
      return listTables(connection);
    case 'schema':
      return listSchema(connection);
    case 'query':
      return runQuery(connection, known, asked);
  }
});
