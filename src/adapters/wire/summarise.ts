import { memberOf, nameOf } from './body.ts';
import { nameInPath } from './classify.ts';

/** What a message is about, in the columns and words of the contract. */
export type Summary = {
  readonly droneId: string | null;
  readonly sourceNode: string | null;
  readonly package: string | null;
  readonly sessionId: string | null;
  readonly request: string;
  readonly response: string;
};

/** An exchange as those who sum it up see it. */
export type Message = {
  readonly type: string;
  readonly method: string;
  readonly path: string;
  readonly query: string | null;
  readonly status: number;
  readonly isAborted: boolean;
  /** The bodies, parsed; undefined where they are no JSON, cut, or not looked at. */
  readonly asked: unknown;
  readonly answered: unknown;
  /** The beginning of the answer, also where it is cut. */
  readonly answerText: string | null;
  /** Members of a list that is too long to be parsed here. */
  readonly count: number | null;
};

type Summariser = {
  /** Which bodies it looks at. */
  readonly reads: 'both' | 'request' | 'response' | 'none';
  readonly request?: (message: Message) => Partial<Summary>;
  /** Only of answers with status 200. */
  readonly response?: (message: Message) => Partial<Summary>;
};

const OF_NODE: Summariser = {
  reads: 'none',
  request: ({ method, type, path }) => {
    const node = nameInPath(path);
    return { droneId: node, request: `${method} ${type} node=${node}` };
  },
};

const OF_ATTEMPT: Summariser = {
  reads: 'none',
  request: ({ method, type, path, query }) => {
    const droneId = parameter(query, 'id');
    const drone = droneId === null ? '' : ` drone=${droneId}`;
    return { droneId, request: `${method} ${type} attempt=${nameInPath(path)}${drone}` };
  },
};

const OF_SESSION: Summariser = {
  reads: 'none',
  // Lists of sessions have no name in their path.
  request: ({ path }) => ({ sessionId: nameInPath(path) }),
};

const SUMMARISERS: Readonly<Record<string, Summariser>> = {
  work_request: {
    reads: 'response',
    request: ({ query }) => {
      const droneId = parameter(query, 'id');
      return { droneId, request: `GET /work drone=${droneId ?? '?'}` };
    },
    response: ({ answered }) => {
      const name = nameOf(memberOf(answered, 'package'));
      return {
        package: name,
        sessionId: nameOf(memberOf(memberOf(answered, 'build'), 'session_id')),
        response: name === null ? '200 no_work' : `200 package=${name}`,
      };
    },
  },
  register: {
    reads: 'both',
    request: ({ asked }) => {
      const name = nameOf(memberOf(asked, 'name'));
      const ip = nameOf(memberOf(asked, 'ip')) ?? '?';
      const cores = numberOf(memberOf(memberOf(asked, 'capabilities'), 'cores')) ?? '?';
      return {
        droneId: nameOf(memberOf(asked, 'id')),
        sourceNode: name,
        request: `REGISTER ${name ?? '?'} ip=${ip} cores=${cores}`,
      };
    },
    response: ofStatus,
  },
  complete: {
    reads: 'both',
    request: ({ asked }) => {
      const name = nameOf(memberOf(asked, 'package'));
      const status = nameOf(memberOf(asked, 'status')) ?? 'unknown';
      const seconds = numberOf(memberOf(asked, 'build_duration_s')) ?? 0;
      return {
        droneId: nameOf(memberOf(asked, 'id')),
        package: name,
        request: `COMPLETE ${name ?? '?'} status=${status} ${seconds.toFixed(1)}s`,
      };
    },
    response: ({ answered }) => ({
      response: `200 accepted=${memberOf(answered, 'accepted') === true ? 'True' : 'False'}`,
    }),
  },
  queue: {
    reads: 'both',
    request: ({ asked, count }) => ({ request: `QUEUE ${count ?? packagesIn(asked) ?? '?'} packages` }),
    response: ({ answered }) => ({
      sessionId: nameOf(memberOf(answered, 'session_id')),
      response: `200 queued=${numberOf(memberOf(answered, 'queued')) ?? '?'}`,
    }),
  },
  control: {
    reads: 'both',
    request: ({ asked }) => ({ request: `CONTROL action=${nameOf(memberOf(asked, 'action')) ?? '?'}` }),
    response: ofStatus,
  },
  status_query: { reads: 'none', response: ofCounts },
  node_list: {
    reads: 'response',
    response: ({ answered, count }) => counted(count ?? nodesIn(answered), 'nodes'),
  },
  events_query: {
    reads: 'response',
    response: ({ answered, count }) => counted(count ?? lengthOf(memberOf(answered, 'events')), 'events'),
  },
  health_check: { reads: 'response', response: ofStatus },
  node_pause: OF_NODE,
  node_resume: OF_NODE,
  node_delete: OF_NODE,
  node_settings: OF_NODE,
  escalation_close: OF_NODE,
  session_query: OF_SESSION,
  session_abort: OF_SESSION,
  upload: OF_ATTEMPT,
  log_append: OF_ATTEMPT,
  log_read: OF_ATTEMPT,
  enrol: {
    reads: 'request',
    request: ({ asked }) => {
      const name = nameOf(memberOf(asked, 'name'));
      return { droneId: nameOf(memberOf(asked, 'id')), sourceNode: name, request: `ENROL ${name ?? '?'}` };
    },
  },
};

/** Which bodies of a message have to be parsed. Answers that are only counted need not be when they were. */
export function bodiesRead(type: string, count: number | null): Summariser['reads'] {
  const { reads } = SUMMARISERS[type] ?? { reads: 'none' };
  return reads === 'response' && count !== null ? 'none' : reads;
}

/** Sum up a message; what a body does not say, or says in the wrong type, is `?` or null. */
export function summarise(message: Message): Summary {
  const { type, method, path, status, isAborted } = message;
  const summariser = SUMMARISERS[type];
  return {
    droneId: null,
    sourceNode: null,
    package: null,
    sessionId: null,
    request: `${method} ${path}`,
    response: isAborted ? `${status} aborted` : `${status}`,
    ...summariser?.request?.(message),
    ...(status === 200 && !isAborted && summariser?.response?.(message)),
  };
}

function ofStatus({ answered }: Message): Partial<Summary> {
  const status = nameOf(memberOf(answered, 'status'));
  return status === null ? {} : { response: `200 ${status}` };
}

const COUNTS = ['needed', 'delegated', 'received'].map((name) => new RegExp(`"${name}":(\\d+)`));

/** Our answer begins with its counts, so that they are there however long the rest is. */
function ofCounts({ answerText }: Message): Partial<Summary> {
  const head = (answerText ?? '').slice(0, 500);
  const [needed, delegated, received] = COUNTS.map((count) => count.exec(head)?.[1]);
  return received === undefined ? {} : { response: `200 N=${needed} D=${delegated} R=${received}` };
}

function counted(count: number | null, what: string): Partial<Summary> {
  return count === null ? {} : { response: `200 ${count} ${what}` };
}

function packagesIn(asked: unknown): number | null {
  return lengthOf(memberOf(asked, 'packages')) ?? lengthOf(memberOf(memberOf(asked, 'plan'), 'merge_order'));
}

/** The list itself, or its old form, an object of two lists. */
function nodesIn(answered: unknown): number | null {
  if (Array.isArray(answered)) return answered.length;
  const drones = lengthOf(memberOf(answered, 'drones'));
  return drones === null ? null : drones + (lengthOf(memberOf(answered, 'orchestrators')) ?? 0);
}

function lengthOf(value: unknown): number | null {
  return Array.isArray(value) ? value.length : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A parameter of the query, as the server reads it. */
function parameter(query: string | null, name: string): string | null {
  if (query === null) return null;
  const lead = `${name}=`;
  const start = query.startsWith(lead) ? 0 : query.indexOf(`&${lead}`) + 1;
  if (start === 0 && !query.startsWith(lead)) return null;
  const end = query.indexOf('&', start);
  const pair = end < 0 ? query.slice(start) : query.slice(start, end);
  const isPlain = !pair.includes('%') && !pair.includes('+');
  return nameOf(isPlain ? pair.slice(lead.length) : new URLSearchParams(pair).get(name));
}
