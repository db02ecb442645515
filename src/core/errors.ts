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
  FORBIDDEN_ORIGIN: {
    status: 403,
    exit: 1,
    advice: 'Requests that change state are taken from programs and from our own pages only.',
  },
  NOT_FOUND: { status: 404, exit: 1, advice: 'Look at the path and at the name.' },
  UNKNOWN_DRONE: { status: 404, exit: 1, advice: 'Register first with POST /api/v1/register.' },
  UNKNOWN_ATTEMPT: { status: 404, exit: 1, advice: 'Ask for work again: this attempt was never handed out.' },
  NAME_TAKEN: {
    status: 409,
    exit: 1,
    advice: 'Give the drone another name, or stop the other one and wait until it is shown offline.',
  },
  STALE_ATTEMPT: { status: 409, exit: 1, advice: 'Stop this build: the package was given to another attempt.' },
  LOG_GAP: { status: 409, exit: 1, advice: 'Send the log again from the offset named in the answer.' },
  UPLOAD_TOO_LARGE: {
    status: 413,
    exit: 1,
    advice: 'Raise the upload limit of the control plane if packages are really that large.',
  },
  BODY_TOO_LARGE: { status: 413, exit: 1, advice: 'Send the packages in several requests.' },
  UPLOAD_REFUSED: { status: 422, exit: 1, advice: 'The package is built again; look at the reason.' },
  ADDRESS_IN_USE: { status: 500, exit: 1, advice: 'Stop the other program or choose another port with --port.' },
  DATABASE_UNUSABLE: {
    status: 500,
    exit: 1,
    advice: 'Give a database file that this user may read and write with --db.',
  },
  DIRECTORY_UNUSABLE: {
    status: 500,
    exit: 1,
    advice: 'Make the directory writable for this user, or name another one.',
  },
  BAD_SETTING: { status: 500, exit: 2, advice: 'Correct the value of the named setting.' },
  SERVER_UNREACHABLE: {
    status: 502,
    exit: 1,
    advice: 'Is the control plane running (build-swarmv3 serve)? Is the address right (--url or SWARMV3_URL)?',
  },
  PORTAGE_MISSING: {
    status: 500,
    exit: 1,
    advice: 'Install Portage here, or run this on a Gentoo machine.',
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
