/** Where the drone tells what it does: a fixed message and fields, as pino takes them. */
export type DroneLog = {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
};

/** For a drone whose owner does not care. */
export const SILENT_LOG: DroneLog = { info: () => {}, warn: () => {}, error: () => {} };

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
