import { host, oneOf, onOrOff, webOrigins, wholeNumber } from '../kinds.ts';
import { optionalSetting, setting } from '../setting.ts';

/** Where the control plane listens, what it tells drones about that, and who may use it. */
export const LISTENING = {
  CONTROL_PLANE_PORT: setting({
    kind: wholeNumber({ min: 0, max: 65_535 }),
    flag: '--port',
    fallback: 8100,
    why: 'Port to listen on, and the one that drones are told; 0 takes any that is free.',
  }),
  SWARM_HOST: setting({
    kind: host,
    flag: '--host',
    fallback: '127.0.0.1',
    why: 'Address to listen on. Drones on other machines need 0.0.0.0 (or ::); version 3.1 always listened there, for everybody.',
  }),
  REPORT_IP: optionalSetting({
    kind: host,
    absence: 'the address that a drone connected to',
    why: 'Address that drones are told instead of the one they reached, for instance behind a port forwarding.',
  }),
  SWARM_AUTH: setting({
    kind: oneOf('token', 'off'),
    flag: '--auth',
    fallback: 'token',
    why: '`token`: whoever changes something shows a token. `off`: whoever reaches the port may do everything, as in version 3.1; for a network that you trust, and for its agents.',
  }),
  SWARM_ANONYMOUS: setting({
    kind: onOrOff,
    fallback: true,
    why: 'Whether those without a token may look: status, nodes, queue, history, events, binhost.',
  }),
  SWARM_CORS_ORIGINS: setting({
    kind: webOrigins,
    fallback: [],
    why: 'Sites whose pages may ask the control plane from a browser. Version 3.1 let every site do so.',
  }),
  SWARM_MAX_CONNECTIONS: setting({
    kind: wholeNumber({ min: 10, max: 1_000_000 }),
    fallback: 10_000,
    why: 'Connections at the same time; beyond it idle ones are closed and new ones refused.',
  }),
} as const;
