import { expect, test } from 'vitest';
import { controlPlaneUrl } from './control-plane-url.ts';

function urlFor(host: string | undefined, { target = '10.0.0.7', reportIp = undefined as string | undefined } = {}) {
  return controlPlaneUrl({ protocol: 'http', headers: { host } }, { reportIp, port: 18_100, target });
}

test.each([
  ['10.0.0.5:18100', 'http://10.0.0.5:18100'],
  ['cp.example:8080', 'http://cp.example:8080'],
  ['cp', 'http://cp'],
  ['[2001:db8::5]:18100', 'http://[2001:db8::5]:18100'],
])('a drone is told what the operator used: %s', (host, url) => {
  expect(urlFor(host)).toBe(url);
});

test.each([
  'localhost:18100',
  'LocalHost',
  '127.0.0.1:18100',
  '127.1.2.3',
  '[::1]:18100',
  '0.0.0.0:18100',
  'x.localhost',
])('another machine is never told %s', (host) => {
  expect(urlFor(host)).toBeNull();
});

test.each(['localhost', '127.0.0.1', '::1'])('a drone on this machine (%s) may be', (target) => {
  expect(urlFor('localhost:18100', { target })).toBe('http://localhost:18100');
});

test.each([undefined, '', 'a b', 'x/y', 'x@y', "x';id", 'x:99999999', '-x', '[::1', 'x\nid'])(
  'a Host header that is none (%j) is not used',
  (host) => {
    expect(urlFor(host)).toBeNull();
  },
);

test('what the operator set comes first', () => {
  expect(urlFor('localhost:18100', { reportIp: '192.0.2.10' })).toBe('http://192.0.2.10:18100');
  expect(urlFor('localhost:18100', { reportIp: '2001:db8::5' })).toBe('http://[2001:db8::5]:18100');
});
