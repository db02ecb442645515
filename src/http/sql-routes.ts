import type { FastifyInstance, FastifyReply } from 'fastify';
import type { SqlAnswer } from '../app/sql-explorer.ts';
import { api } from '../contract/api.ts';
import { ERRORS } from '../core/errors.ts';
import { disconnectSignal, route, type Wire } from './route.ts';
import type { HttpOptions } from './use-cases.ts';

/** Answers that wait for their readers may hold so much memory. */
const MAX_UNREAD_BYTES = 64 * 2 ** 20;

/** Free questions about the database. */
export function registerSqlRoutes(app: FastifyInstance, { useCases: { sqlExplorer } }: HttpOptions): void {
  const send = sender();

  route(app, api.sqlTables, (_, wire) => send(wire, (signal) => sqlExplorer.tables(signal)));

  route(app, api.sqlSchema, (_, wire) => send(wire, (signal) => sqlExplorer.schema(signal)));

  route(app, api.sqlQuery, ({ query }, wire) =>
    send(wire, (signal) => sqlExplorer.query({ sql: query.q, maxRows: query.limit ?? null }, signal)),
  );
}

type Ask = (signal: AbortSignal) => Promise<SqlAnswer>;

/** The body goes out as it came: megabytes of rows are not worth reading here. */
function sender(): (wire: Wire, ask: Ask) => Promise<FastifyReply> {
  let unreadBytes = 0;
  return async (wire, ask) => {
    const { reply } = wire;
    const answer = unreadBytes > MAX_UNREAD_BYTES ? NOBODY_READS : await ask(disconnectSignal(wire));
    if ('problem' in answer) {
      const { code, message, position } = answer.problem;
      return reply.code(ERRORS[code].status).send({ error: message, ...(position && { position }) });
    }
    const { body } = answer;
    unreadBytes += body.byteLength;
    reply.raw.once('close', () => {
      unreadBytes -= body.byteLength;
    });
    return reply.type('application/json; charset=utf-8').send(body);
  };
}

const NOBODY_READS: SqlAnswer = {
  problem: { code: 'SQL_BUSY', message: 'too many answers wait to be read: read them, then ask again' },
};
