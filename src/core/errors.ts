/**
 * Every error we throw on purpose, with what the two faces of the program make of it: the HTTP
 * status, the exit code of a command, and a line of advice. Codes are never reused.
 */
export const ERRORS = {
  BAD_REQUEST: { status: 400, exit: 2, advice: 'Correct the named field and send the request again.' },
  BAD_ATOM: {
    status: 400,
    exit: 2,
    advice: 'Write an atom as category/name or =category/name-version, as emerge takes it.',
  },
  BAD_PLAN: { status: 400, exit: 2, advice: 'Make the plan again with this version of the planner.' },
  UNAUTHORIZED: {
    status: 401,
    exit: 4,
    advice:
      'Send a token: --token or SWARM_TOKEN on the command line, Authorization: Bearer over HTTP. Who has none asks an admin (build-swarmv3 token create).',
  },
  FORBIDDEN: { status: 403, exit: 4, advice: 'Use a token of the role that is named, or ask an admin for one.' },
  CREDENTIAL_REFUSED: {
    status: 401,
    exit: 77,
    advice:
      'Make a join token with `build-swarmv3 token create --role join` and start the drone once with --join-token. Status 77 tells a supervisor that starting again will not help.',
  },
  FORBIDDEN_ORIGIN: {
    status: 403,
    exit: 1,
    advice: 'Requests that change state are taken from programs and from our own pages only.',
  },
  NOT_FOUND: { status: 404, exit: 1, advice: 'Look at the path and at the name.' },
  UNKNOWN_DRONE: { status: 404, exit: 1, advice: 'Register first with POST /api/v1/register.' },
  UNKNOWN_ATTEMPT: { status: 404, exit: 1, advice: 'Ask for work again: this attempt was never handed out.' },
  REQUEST_TIMEOUT: { status: 408, exit: 1, advice: 'Send the whole request at once; look at the network between.' },
  NAME_TAKEN: {
    status: 409,
    exit: 1,
    advice: 'Give the drone another name, or stop the other one and wait until it is shown offline.',
  },
  NO_CHANNEL: {
    status: 409,
    exit: 2,
    advice:
      'Set up a way first, such as SWARM_NOTIFY_WEBHOOK_URL or SWARM_NOTIFY_EMAIL, and start the control plane again.',
  },
  CONFLICT: { status: 409, exit: 1, advice: 'Look at its state now; somebody else may have been quicker.' },
  PROVISIONING_RUNS: {
    status: 409,
    exit: 1,
    advice: 'Wait until its job has ended; GET /api/v1/provision/jobs shows how far it is.',
  },
  STALE_ATTEMPT: { status: 409, exit: 1, advice: 'Stop this build: the package was given to another attempt.' },
  LOG_GAP: { status: 409, exit: 1, advice: 'Send the log again from the offset named in the answer.' },
  UPLOAD_TOO_LARGE: {
    status: 413,
    exit: 1,
    advice: 'Raise the upload limit of the control plane if packages are really that large.',
  },
  BODY_TOO_LARGE: { status: 413, exit: 1, advice: 'Send the packages in several requests.' },
  TOO_MANY_JOBS: { status: 429, exit: 1, advice: 'Wait until one of the running jobs has ended.' },
  TOO_MANY_LOGINS: { status: 429, exit: 1, advice: 'Wait as long as Retry-After says, then send the right token.' },
  SNAPSHOT_BUSY: { status: 429, exit: 1, advice: 'Try again when the other snapshots have been made.' },
  SNAPSHOT_FAILED: {
    status: 503,
    exit: 1,
    advice: 'Ask for a time that is not so long ago; if it stays so, look at the log of the control plane.',
  },
  SQL_INVALID: { status: 400, exit: 2, advice: 'Correct the query where `position` says.' },
  SQL_FORBIDDEN: {
    status: 403,
    exit: 1,
    advice: 'Ask with one SELECT; only its own functions, json_each and json_tree are open, and no table of secrets.',
  },
  SQL_TIMEOUT: { status: 408, exit: 1, advice: 'Narrow the query with WHERE or LIMIT, or aggregate less at once.' },
  SQL_TOO_LARGE: { status: 422, exit: 1, advice: 'Select fewer columns or rows; shorten texts with substr().' },
  SQL_BUSY: { status: 429, exit: 1, advice: 'Try again when one of the running queries has ended.' },
  SQL_UNAVAILABLE: { status: 503, exit: 1, advice: 'Try again; if it stays so, look at the log of the control plane.' },
  BACKUP_BUSY: { status: 429, exit: 1, advice: 'Try again when the backup that is being made has ended.' },
  BACKUP_FAILED: {
    status: 503,
    exit: 1,
    advice: 'Try again; if it stays so, look at the log of the control plane. Its state was not touched.',
  },
  CONTROL_PLANE_RUNS: {
    status: 409,
    exit: 1,
    advice: 'Stop the control plane there first (its service, or Ctrl-C), then run the command again.',
  },
  BACKUP_UNUSABLE: {
    status: 500,
    exit: 1,
    advice: 'Nothing was changed. Take another archive; build-swarmv3 backup --verify FILE says whether one is whole.',
  },
  SIMULATION_BUSY: { status: 429, exit: 1, advice: 'Ask again when one of the running simulations has ended.' },
  SIMULATION_TIMEOUT: {
    status: 408,
    exit: 1,
    advice: 'Ask for fewer runs, or simulate a workload file on your own machine (build-swarmv3 simulate --workload).',
  },
  SIMULATION_FAILED: {
    status: 503,
    exit: 1,
    advice: 'Ask for fewer runs or a smaller workload; if it stays so, look at the log of the control plane.',
  },
  TOO_MANY_STREAMS: {
    status: 503,
    exit: 1,
    advice: 'Close streams that nobody reads, or ask /api/v1/events for what is new.',
  },
  UPLOAD_REFUSED: { status: 422, exit: 1, advice: 'The package is built again; look at the reason.' },
  WIRE_LOG_UNAVAILABLE: {
    status: 503,
    exit: 1,
    advice: 'Ask again in a moment; if it stays so, look at the log of the control plane and at its settings.',
  },
  ADDRESS_IN_USE: { status: 500, exit: 1, advice: 'Stop the other program or choose another port with --port.' },
  DATABASE_UNUSABLE: {
    status: 503,
    exit: 1,
    advice: 'Give a database file that this user may read and write with --db.',
  },
  DATABASE_DAMAGED: {
    status: 503,
    exit: 1,
    advice:
      'Stop the control plane, keep a copy of the file, then put a backup in its place or rescue what is left with: sqlite3 FILE .recover | sqlite3 NEW-FILE',
  },
  STORE_FULL: {
    status: 507,
    exit: 1,
    advice: 'Make room on the disk that is named; requests are taken again as soon as there is some.',
  },
  DIRECTORY_UNUSABLE: {
    status: 500,
    exit: 1,
    advice: 'Make the directory writable for this user, or name another one.',
  },
  AGENT_MISSING: {
    status: 503,
    exit: 1,
    advice: 'Build the control plane whole: npm run build, or start it with ./build-swarmv3.',
  },
  NOT_CONFIRMED: {
    status: 500,
    exit: 2,
    advice: 'Nothing was changed, since nobody is there to be asked. Add --yes if that is what you want.',
  },
  BAD_SETTING: { status: 500, exit: 2, advice: 'Correct the value of the named setting.' },
  SERVER_UNREACHABLE: {
    status: 502,
    exit: 3,
    advice: 'Is the control plane running (build-swarmv3 serve)? Is the address right (--url or SWARMV3_URL)?',
  },
  SSH_FAILED: {
    status: 502,
    exit: 1,
    advice: 'Log in there once by hand with ssh, as the same user: what works there works here.',
  },
  PORTAGE_MISSING: {
    status: 500,
    exit: 1,
    advice: 'Install Portage here, or run this on a Gentoo machine.',
  },
  NO_EMERGE: {
    status: 500,
    exit: 1,
    advice:
      'Let a drone resolve it (--on auto, or --on and the name of a drone), or name a Portage prefix of this machine with --prefix.',
  },
  PLAN_JOB_FAILED: {
    status: 500,
    exit: 1,
    advice:
      'Run it again, or where there is a Portage: --on here, --on and the name of another drone, or --timeout MINUTES.',
  },
  TOO_OLD: { status: 500, exit: 1, advice: 'Bring the control plane to the version of this program.' },
  PLANNER_TIMEOUT: {
    status: 500,
    exit: 1,
    advice: 'Give it more time with --timeout MINUTES, or ask for fewer packages with --set FILE.',
  },
  PLANNER_FAILED: { status: 500, exit: 1, advice: 'Run the same emerge --pretend by hand to see what Portage says.' },
  SETUP_NEEDED: { status: 500, exit: 1, advice: 'Run the command that is shown, then try again.' },
  PROCESS_FAILED: { status: 500, exit: 1, advice: 'Look at the output of the program above.' },
  DRONE_STATE_UNUSABLE: {
    status: 500,
    exit: 1,
    advice: 'Make the state directory of the drone writable, or name another one with --state.',
  },
} as const satisfies Record<string, { status: number; exit: number; advice: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** An error we expect operators to read: what happened, to what; `advice` says what to do next. */
export class SwarmError extends Error {
  override readonly name = 'SwarmError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get advice(): string {
    return ERRORS[this.code].advice;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get exitCode(): number {
    return ERRORS[this.code].exit;
  }
}

/** The last branch of a `switch` over a union: a new member becomes a compile error there. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
