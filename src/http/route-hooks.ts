import type { onResponseHookHandler, RouteOptions } from 'fastify';

/** Add a hook to one route that is being made, beside those it has. */
export function addHook(options: RouteOptions, name: 'onResponse', hook: onResponseHookHandler): void {
  const hooks = options[name];
  options[name] = [...(hooks === undefined ? [] : Array.isArray(hooks) ? hooks : [hooks]), hook];
}
