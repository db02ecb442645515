import { setImmediate as turn } from 'node:timers/promises';
import { noWireLog, openWireLog } from '../adapters/wire/wire-log.ts';
import type { WireLog } from '../app/wire-ports.ts';
import type { HttpLogger, HttpServer } from '../http/app.ts';
import type { Recording } from '../http/wire/recorder.ts';
import type { ServerSettings } from '../settings/server-settings.ts';

type Parts = {
  readonly path: string;
  readonly settings: ServerSettings;
  readonly now: () => number;
  readonly logger: HttpLogger | false;
};

/** The protocol log as the operator wants it, and what takes exchanges down for it. */
export function openProtocolLog({ path, settings: { wire, retentions }, now, logger }: Parts): {
  readonly wireLog: WireLog;
  readonly recording: Recording | undefined;
} {
  if (!wire.isOn) return { wireLog: noWireLog(), recording: undefined };
  const wireLog = openWireLog({
    path,
    now,
    onTrouble: (message, fields) => logger && logger.warn(fields, message),
    bodyLimitChars: wire.bodyBytes,
    queueLimit: wire.queueLength,
    maxAgeMs: retentions.protocolMs,
    maxBytes: wire.maxBytes,
    flushEveryMs: wire.flushMs,
  });
  return {
    wireLog,
    recording: { record: (exchange) => wireLog.record(exchange), now, bodyLimitChars: wire.bodyBytes },
  };
}

/** The last exchanges end while the server closes; they are in the log too. */
export function closeWithServer(app: HttpServer, wireLog: WireLog): void {
  app.addHook('onClose', async () => {
    // Connections that were just cut tell of it in the next turn.
    await turn();
    await wireLog.close();
  });
}
