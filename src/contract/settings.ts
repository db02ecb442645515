import { z } from 'zod';
import { endpoint } from './endpoint.ts';

export const portageConfig = endpoint({
  method: 'GET',
  path: '/api/v1/portage-config',
  access: 'viewer',
  tag: 'drones',
  summary:
    'Portage configuration for drones, as `drone_portage_config` of the v2 `swarm.json` says it, read again with every request; {} where there is none.',
  reply: z.record(z.string(), z.unknown()),
});

export const settingsProblems = endpoint({
  method: 'GET',
  path: '/api/v1/settings/problems',
  access: 'operator',
  tag: 'operations',
  summary: 'What is wrong in files that are read while the control plane runs: the v2 `swarm.json`.',
  reply: z.object({
    /** The file, null where none is read. */
    swarm_config: z.string().nullable(),
    problems: z.array(z.string()),
  }),
});
