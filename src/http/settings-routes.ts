import type { FastifyInstance } from 'fastify';
import { api } from '../contract/api.ts';
import { route } from './route.ts';
import type { HttpOptions } from './use-cases.ts';

/** The settings, what the predecessor's `swarm.json` says, and what is wrong in it. */
export function registerSettingsRoutes(app: FastifyInstance, { useCases, configuration }: HttpOptions): void {
  const { swarmConfig } = useCases;

  route(app, api.portageConfig, async () => (await swarmConfig.read()).dronePortageConfig);

  route(app, api.configuration, async () => configuration);

  route(app, api.settingsProblems, async () => ({
    swarm_config: swarmConfig.path,
    problems: [...(await swarmConfig.read()).problems],
  }));
}
