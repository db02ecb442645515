/** What somebody may do. Every role may do what `viewer` may; `admin` may do everything. */
export type Role = 'viewer' | 'drone' | 'operator' | 'admin';

/** Who asked for something, as the audit trail names him. */
export type Actor = {
  /** The name of the credential, a drone's name, or `anyone` where none was needed. */
  readonly name: string;
  readonly role: Role;
  /** Network address the request came from. */
  readonly address: string;
};
