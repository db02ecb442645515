import { expect, test } from 'vitest';
import { classify } from '../../src/adapters/wire/classify.ts';
import { api } from '../../src/contract/api.ts';
import type { Endpoint } from '../../src/contract/endpoint.ts';
import { DASHBOARD_PAGES } from '../../src/http/dashboard-routes.ts';

test.each(Object.values<Endpoint>(api).map(({ method, path }) => [method, path] as const))(
  '%s %s has a type of its own in the protocol log',
  (method, path) => {
    expect(classify(method, path.replaceAll(/:\w+/g, 'x'))).not.toBe('unknown');
  },
);

test.each(DASHBOARD_PAGES)('the page /%s is told apart from what nobody knows', (page) => {
  expect(classify('GET', `/${page}`)).toBe('dashboard');
  expect(classify('GET', `/${page}/x`)).toBe('dashboard');
});
