import type { Connection } from './open.ts';

/**
 * The same connection, but before any of its statements runs, what was put off is written: who asks the tables
 * sees what was acknowledged, and need not know that something is put off.
 */
export function settledConnection(connection: Connection, settle: () => void): Connection {
  const prepare = (sql: string) => settled(connection.prepare(sql), settle);
  // Before it begins: within somebody's transaction nothing can be written that is to outlive it.
  const transaction = (work: (...parameters: unknown[]) => unknown) =>
    new Proxy(connection.transaction(work), {
      apply: (run, self, parameters) => {
        settle();
        return Reflect.apply(run, self, parameters);
      },
    });
  return new Proxy(connection, {
    get: (target, key) => {
      if (key === 'prepare') return prepare;
      if (key === 'transaction') return transaction;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

const ASKING = ['get', 'all', 'iterate', 'run'] as const;

function settled<T extends ReturnType<Connection['prepare']>>(statement: T, settle: () => void): T {
  for (const name of ASKING) {
    const ask = statement[name].bind(statement) as (...parameters: unknown[]) => unknown;
    const first = (...parameters: unknown[]) => {
      settle();
      return ask(...parameters);
    };
    Object.assign(statement, { [name]: first });
  }
  return statement;
}
