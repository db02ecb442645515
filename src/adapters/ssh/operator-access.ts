import { optionsOf } from './openssh.ts';

/** What an operator says beside his own SSH configuration. */
export type OperatorAccess = {
  /** Instead of ~/.ssh/config and the system's. */
  readonly configFile: string | undefined;
  /** A private key. */
  readonly identityFile: string | undefined;
};

/**
 * Options of `ssh` for what an operator does to many hosts at once: his configuration, agent, jump hosts and known
 * hosts count. What would get into the way of a command that runs unattended does not, and a key that nobody
 * accepted is never taken, whatever the configuration says.
 */
export function operatorOptions({ configFile, identityFile }: OperatorAccess): string[] {
  return [
    ...(configFile === undefined ? [] : ['-F', configFile]),
    ...(identityFile === undefined ? [] : ['-i', identityFile]),
    ...optionsOf([
      'StrictHostKeyChecking=yes',
      'ConnectTimeout=10',
      'ClearAllForwardings=yes',
      'ForwardAgent=no',
      'PermitLocalCommand=no',
      'RemoteCommand=none',
      // One that is there is used; one of ours would outlive us and hold our output open.
      'ControlMaster=no',
    ]),
  ];
}
