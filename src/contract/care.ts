import { z } from 'zod';
import { MACHINES, REBOOT_RULES } from '../core/escalation/watched-drone.ts';
import { DroneAddress } from './vocabulary.ts';

const Protected = z.boolean().describe('Whether it is never probed, restarted or rebooted.');
const MachineKind = z
  .enum(MACHINES)
  .describe('What it runs on: `metal`, a machine of its own, or a `vm` or a `container`; null as the probe finds it.');
const Reboot = z
  .enum(REBOOT_RULES)
  .describe(
    'Whether it may be rebooted when restarts do not help: `by-machine` only a container or a virtual machine.',
  );
const SshAddress = DroneAddress.describe('Where it is logged in to; null where it registered.');
const SshUser = z
  .string()
  .regex(/^[a-z_][a-z0-9_.-]{0,31}\$?$/, 'must be the name of a user')
  .describe('Who logs in there; null for root. Others need sudo without a password.');
const SshPort = z
  .number()
  .int()
  .min(1)
  .max(65_535)
  .describe('Port of its SSH server; null as the configuration of SSH says.');

/** What is said of a drone as a machine; what is left out stays as it is. */
export const CareWishFields = {
  protected: Protected.optional(),
  machine: MachineKind.nullish(),
  reboot: Reboot.optional(),
  ssh_address: SshAddress.min(1).nullish(),
  ssh_user: SshUser.nullish(),
  ssh_port: SshPort.nullish(),
};

/** What holds. */
export const CareFields = {
  protected: Protected,
  machine: MachineKind.nullable(),
  reboot: Reboot,
  ssh_address: SshAddress.nullable(),
  ssh_user: SshUser.nullable(),
  ssh_port: SshPort.nullable(),
};
