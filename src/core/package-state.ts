/**
 * The life of a queued package, as users know it. `received` is left only when the file is lost: a newer
 * build is a new row.
 *
 *             grant                 receive
 *   needed ──────────► delegated ───────────► received   (also straight from needed, by its twin)
 *     ▲  ▲   │             │ │
 *     │  └───┼─ give back ─┘ │ block
 *     │      │ block         ▼
 *     │      └─────────► blocked ───► failed   (given up: a sweeper failed it too)
 *     └──── unblock ────────┴────────────┘     (and a sweeper may be granted what is blocked)
 *
 *   received ── lose ──► needed   (its file is gone from the binhost while its session still needs it)
 */
export const PACKAGE_MOVES = {
  needed: ['delegated', 'received', 'blocked', 'failed'],
  delegated: ['received', 'needed', 'blocked', 'failed'],
  received: ['needed'],
  blocked: ['needed', 'delegated', 'failed'],
  failed: ['needed'],
} as const satisfies Record<string, readonly string[]>;

export type PackageState = keyof typeof PACKAGE_MOVES;
export const PACKAGE_STATES = Object.keys(PACKAGE_MOVES) as [PackageState, ...PackageState[]];

/** Whether a package may go from one state straight to the other. */
export function isLegalMove(from: PackageState, to: PackageState): boolean {
  return (PACKAGE_MOVES[from] as readonly PackageState[]).includes(to);
}

/**
 * The life of one build, an attempt: it is `running` until exactly one of the ends.
 *
 *   running ──► received   the verified package is ours
 *          ├──► failed     the drone said why
 *          ├──► returned   the drone gave it back, nobody is to blame
 *          └──► reclaimed  the lease ran out, or an operator took it back
 */
export const ATTEMPT_STATES = ['running', 'received', 'failed', 'returned', 'reclaimed'] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];
