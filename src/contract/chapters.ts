import type { Access, Tag } from './endpoint.ts';

/** The chapters of the reference, in their order. */
export const TAG_MEANINGS: Readonly<Record<Tag, string>> = {
  fleet: 'The swarm and its drones: what an operator looks at first.',
  drones: 'What drones call: register, ask for work, deliver, report.',
  queue: 'What is to be built, and the controls of the swarm.',
  history: 'What happened: builds, sessions, events, logs and statistics.',
  wire: 'The protocol log: every exchange between the control plane and its callers.',
  data: 'The database, read-only.',
  provisioning: 'Making a machine a drone.',
  access: 'Tokens and who may do what.',
  operations: 'Health, streams and documentation.',
};

/** Who may call an endpoint, said to its callers. */
export const ACCESS_MEANINGS: Readonly<Record<Access, string>> = {
  open: 'everybody, always',
  viewer: 'who may look: everybody, unless the settings say that it takes a token',
  drone: 'drones, each for itself',
  operator: 'operators, who run the swarm',
  admin: 'admins, who may do everything',
};
