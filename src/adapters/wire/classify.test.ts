import { expect, test } from 'vitest';
import { classify, nameInPath } from './classify.ts';

test.each([
  ['GET', '/api/v1/work', 'work_request'],
  ['POST', '/api/v1/register', 'register'],
  ['POST', '/api/v1/complete', 'complete'],
  ['GET', '/api/v1/orchestrator', 'discovery'],
  ['GET', '/api/v1/status', 'status_query'],
  ['GET', '/api/v1/events', 'events_query'],
  ['POST', '/api/v1/queue', 'queue'],
  ['POST', '/api/v1/control', 'control'],
  ['GET', '/api/v1/nodes', 'node_list'],
  ['GET', '/api/v1/metrics', 'metrics_query'],
  ['GET', '/api/v1/history', 'history_query'],
  ['GET', '/api/v1/sessions', 'session_query'],
  ['GET', '/api/v1/health', 'health_check'],
  ['GET', '/api/v1/versions', 'version_query'],
  ['GET', '/api/v1/portage-config', 'config_query'],
  ['GET', '/api/v1/protocol', 'protocol_query'],
  ['GET', '/api/v1/protocol/detail', 'protocol_query'],
  ['GET', '/api/v1/protocol/stats', 'protocol_query'],
  ['GET', '/api/v1/protocol/density', 'protocol_query'],
  ['GET', '/api/v1/protocol/snapshot', 'protocol_query'],
  ['GET', '/api/v1/provision/bootstrap', 'provisioning'],
  ['POST', '/api/v1/provision/drone', 'provisioning'],
  ['POST', '/api/v1/nodes/anvil/pause', 'node_pause'],
  ['POST', '/api/v1/nodes/anvil/resume', 'node_resume'],
  ['DELETE', '/api/v1/nodes/anvil', 'node_delete'],
])('%s %s is a %s, as the contract says', (method, path, type) => {
  expect(classify(method, path)).toBe(type);
});

test.each([
  ['HEAD', '/api/v1/health'],
  ['OPTIONS', '/api/v1/queue'],
  ['POST', '/api/v1/nodes//pause'],
  ['GET', '/api/v1/constructor'],
  ['GET', '/api/v1/events/history/more'],
  ['GET', '/work'],
  ['GET', '/fleets'],
  ['POST', '/'],
])('%s %s is unknown', (method, path) => {
  expect(classify(method, path)).toBe('unknown');
});

test.each([
  ['PUT', '/api/v1/attempts/7/package', 'upload'],
  ['POST', '/api/v1/attempts/7/log', 'log_append'],
  ['GET', '/api/v1/attempts/7/log', 'log_read'],
  ['POST', '/api/v1/enroll', 'enrol'],
  ['GET', '/api/v1/stream', 'stream'],
  ['GET', '/binhost/app-misc/jq/jq-1.7.gpkg.tar', 'binhost'],
  ['GET', '/api/v1/events/history', 'events_history'],
  ['GET', '/api/v1/sql/query', 'sql_query'],
  ['GET', '/api/v1/drone-health', 'drone_health'],
  ['GET', '/api/v1/build-stats/by-package', 'build_stats'],
  ['GET', '/api/v1/queue', 'queue_list'],
  ['POST', '/api/v1/queue/remove', 'queue_remove'],
  ['GET', '/api/v1/sessions/s-1/compare/s-2', 'session_query'],
  ['POST', '/api/v1/sessions/s-1/abort', 'session_abort'],
  ['GET', '/', 'dashboard'],
  ['GET', '/assets/index-1.js', 'dashboard'],
  ['GET', '/fleet/anvil', 'dashboard'],
])('%s %s, which is ours, is a %s', (method, path, type) => {
  expect(classify(method, path)).toBe(type);
});

test('doubled and closing slashes change no type', () => {
  expect(classify('GET', ['', '', 'api', '', 'v1', 'work', ''].join('/'))).toBe('work_request');
});

test('the name in a path is decoded, and a broken one taken as it stands', () => {
  expect(nameInPath('/api/v1/nodes/a%20b/pause')).toBe('a b');
  expect(nameInPath('/api/v1/nodes/%zz/pause')).toBe('%zz');
});
