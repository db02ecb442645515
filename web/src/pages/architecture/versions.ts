/** A version of the swarm, as who has run it remembers it. */
export type Version = {
  readonly id: 'v1' | 'v2' | 'v3';
  readonly name: string;
  readonly says: string;
  /** The drawing in words. */
  readonly drawn: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
};

export const VERSIONS: readonly Version[] = [
  {
    id: 'v1',
    name: 'Hardcoded',
    says: 'Scripts that knew each other’s addresses. Every machine talked to every other that it needed.',
    drawn: 'Five machines with lines between nearly all of them, each with a fixed address',
    good: ['Quick to begin with: nothing but SSH and a list of hosts', 'No part that everything depended on'],
    bad: [
      'An address that changed had to be changed on every machine',
      'Nobody knew who built what, so packages were built twice',
      'A machine that fell silent took its work with it',
    ],
  },
  {
    id: 'v2',
    name: 'Gateway',
    says: 'A gateway that machines find, and an orchestrator behind it with a second one that stands by.',
    drawn: 'Drones around a gateway; behind it an orchestrator and one that stands by',
    good: ['One address to know', 'Work was handed out in one place', 'A second orchestrator to take over'],
    bad: [
      'The state was in memory: a restart forgot the queue',
      'Two orchestrators did not always agree, and configurations drifted apart',
      'Failures were counted, and not understood',
    ],
  },
  {
    id: 'v3',
    name: 'Control plane',
    says: 'One control plane that keeps its state in a database, and drones that may come and go as they like.',
    drawn: 'A control plane with its database in the middle, four drones around it, and the binhost',
    good: [
      'What was acknowledged survives crashes of everything',
      'Circuit breakers: neither a bad package nor a bad machine stops the others',
      'It learns how long things take, and says when it will be done',
      'Every package is checked before anybody can install it',
    ],
    bad: ['One control plane: while it is down drones build on, but nothing new is handed out'],
  },
];
