/** Why a query was not run. Never leaves this folder as an exception. */
export class QueryProblem extends Error {
  readonly code: 'SQL_INVALID' | 'SQL_FORBIDDEN' | 'SQL_TOO_LARGE';
  /** Where in the query, in UTF-16 units. */
  readonly offset: number | undefined;

  constructor(code: QueryProblem['code'], message: string, offset?: number) {
    super(message);
    this.code = code;
    this.offset = offset;
  }
}
