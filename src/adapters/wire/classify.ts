/** Requests that are about the log itself; they are not in it. */
export const PROTOCOL_QUERY = 'protocol_query';

const API = '/api/v1';

/**
 * Message types by method and path; those of version 3.1, then ours. Every endpoint of the contract is here; what is
 * not is `unknown`.
 */
const TYPES: Readonly<Record<string, string>> = {
  'GET /work': 'work_request',
  'POST /register': 'register',
  'POST /complete': 'complete',
  'GET /orchestrator': 'discovery',
  'GET /status': 'status_query',
  'GET /events': 'events_query',
  'POST /queue': 'queue',
  'POST /control': 'control',
  'GET /nodes': 'node_list',
  'GET /metrics': 'metrics_query',
  'GET /history': 'history_query',
  'GET /sessions': 'session_query',
  'GET /health': 'health_check',
  'GET /versions': 'version_query',
  'GET /portage-config': 'config_query',
  'GET /protocol': PROTOCOL_QUERY,
  'GET /protocol/detail': PROTOCOL_QUERY,
  'GET /protocol/stats': PROTOCOL_QUERY,
  'GET /protocol/density': PROTOCOL_QUERY,
  'GET /protocol/snapshot': PROTOCOL_QUERY,
  'GET /protocol/export': PROTOCOL_QUERY,
  'GET /provision/bootstrap': 'provisioning',
  'POST /provision/drone': 'provisioning',
  'POST /enroll': 'enrol',
  'GET /stream': 'stream',
  'GET /attempts': 'attempts_query',
  'GET /backup': 'backup',
  'GET /queue': 'queue_list',
  'POST /queue/remove': 'queue_remove',
  'GET /events/history': 'events_history',
  'GET /sql/tables': 'sql_schema',
  'GET /sql/schema': 'sql_schema',
  'GET /sql/query': 'sql_query',
  'GET /drone-health': 'drone_health',
  'GET /build-stats/by-package': 'build_stats',
  'GET /binpkgs': 'binpkg_list',
  'GET /estimates': 'estimates',
  'POST /simulate': 'simulate',
  'GET /explain': 'explain',
  'GET /invariants': 'invariants',
  'GET /ready': 'ready_check',
  'GET /settings/problems': 'settings_check',
  'GET /whoami': 'whoami',
  'GET /tokens': 'token_list',
  'POST /tokens': 'token_create',
  'GET /plans': 'plan_read',
  'POST /plans': 'plan_ask',
  'GET /provision/jobs': 'provisioning',
  'GET /agent': 'agent_download',
  'GET /agent/version': 'agent_version',
  'GET /openapi.json': 'docs',
  'GET /statistics': 'statistics',
  'GET /timeline': 'timeline',
  'GET /settings': 'settings_query',
  'GET /escalations': 'escalation_list',
  'GET /notifications': 'notification_list',
  'POST /notifications/test': 'notification_test',
  'GET /audits': 'audit_list',
  'POST /audits': 'audit_record',
};

/** Paths with a name in the middle; `*` stands for one segment. */
const PATTERNS: readonly (readonly [method: string, path: string, type: string])[] = [
  ['POST', '/nodes/*/pause', 'node_pause'],
  ['POST', '/nodes/*/resume', 'node_resume'],
  ['DELETE', '/nodes/*', 'node_delete'],
  ['PUT', '/attempts/*/package', 'upload'],
  ['POST', '/attempts/*/log', 'log_append'],
  ['GET', '/attempts/*/log', 'log_read'],
  ['POST', '/nodes/*/settings', 'node_settings'],
  ['GET', '/nodes/*/settings', 'node_settings'],
  ['POST', '/nodes/*/escalation/close', 'escalation_close'],
  ['GET', '/sessions/*', 'session_query'],
  ['GET', '/sessions/*/graph', 'session_query'],
  ['GET', '/sessions/*/compare/*', 'session_query'],
  ['POST', '/sessions/*/abort', 'session_abort'],
  ['DELETE', '/tokens/*', 'token_revoke'],
  ['GET', '/plans/*', 'plan_read'],
  ['DELETE', '/plans/*', 'plan_delete'],
  ['POST', '/plans/*/report', 'plan_report'],
  ['GET', '/provision/jobs/*', 'provisioning'],
];

/** What is not below the API. */
const OTHERS: readonly (readonly [path: RegExp, type: string])[] = [
  [/^\/binhost\//, 'binhost'],
  [/^\/metrics$/, 'metrics_scrape'],
  [/^\/api\/docs$/, 'docs'],
  [/^\/(assets\/.*|favicon\.svg)?$/, 'dashboard'],
  [
    /^\/(fleet|topology|queue|graph|timeline|packages|builds|history|statistics|sessions|wire|replay|events|data|published|settings|architecture)(\/|$)/,
    'dashboard',
  ],
];

/** The message type of a request; `path` is without its query. */
export function classify(method: string, path: string): string {
  const plain = plainPath(path);
  if (!plain.startsWith(`${API}/`)) return typeOfOther(method, plain);
  const rest = plain.slice(API.length);
  return TYPES[`${method} ${rest}`] ?? typeByPattern(method, rest.split('/'));
}

/** Without doubled and closing slashes, as the router reads it. */
function plainPath(path: string): string {
  const single = path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}

function typeOfOther(method: string, path: string): string {
  const type = OTHERS.find(([known]) => known.test(path))?.[1];
  return type !== undefined && (method === 'GET' || type === 'binhost') ? type : 'unknown';
}

function typeByPattern(method: string, segments: readonly string[]): string {
  const found = PATTERNS.find(([known, path]) => known === method && fits(path.split('/'), segments));
  return found?.[2] ?? 'unknown';
}

function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  return (
    pattern.length === segments.length &&
    pattern.every((part, index) => (part === '*' ? segments[index] !== '' : part === segments[index]))
  );
}

/** The segment of a path that names a drone or an attempt: `X` in `/api/v1/nodes/X/pause`. */
export function nameInPath(path: string): string | null {
  const segment = plainPath(path).split('/')[4];
  if (segment === undefined || segment === '') return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
