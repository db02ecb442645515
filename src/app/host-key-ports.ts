import type { RemoteHost } from './provision-ports.ts';

/** The key that a host shows which nobody here knows. */
export type HostKeyOffer = {
  /** `SHA256:…`, as ssh-keygen -l prints it. */
  readonly fingerprint: string;
  /** `ED25519`, `RSA`, … */
  readonly type: string;
  /** Remember exactly this key, where OpenSSH looks for it. */
  readonly accept: () => Promise<void>;
};

/** Keys of hosts that are not known yet; those that changed are none of its business. */
export type HostKeys = {
  /**
   * Ask the host for its key without logging in: nothing of the operator's is shown to it. Undefined when it cannot
   * be had.
   */
  offerOf(host: RemoteHost, signal: AbortSignal): Promise<HostKeyOffer | undefined>;
  /** Whether it is reached by way of another one, which is then the one that the host sees. */
  isBehindAnother(host: RemoteHost, signal: AbortSignal): Promise<boolean>;
};
