/** What the demo was asked to do. */
export type DemoOptions = {
  readonly drones: number;
  /** 0 takes any free port. */
  readonly port: number;
  /** Absolute path; a new directory of its own when absent. */
  readonly dataDir: string | undefined;
  /** Ends when all is done. */
  readonly isOnce: boolean;
  readonly isKept: boolean;
  readonly withFailures: boolean;
  readonly asJson: boolean;
};
