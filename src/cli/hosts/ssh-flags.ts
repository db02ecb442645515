/** How a command was told to log in to hosts. */
export type SshFlags = {
  readonly user?: string | undefined;
  readonly port?: string | undefined;
  readonly identity?: string | undefined;
  readonly sshConfig?: string | undefined;
  readonly acceptHostKey?: readonly string[] | undefined;
  readonly jobs: string;
};
