import type { appendLog, readLog } from '../app/append-log.ts';
import type { completeBuild } from '../app/complete-build.ts';
import type { setNodePaused, setPaused, unblock } from '../app/control-swarm.ts';
import type { listQueue } from '../app/list-queue.ts';
import type { SwarmReports } from '../app/ports.ts';
import type { queuePackages } from '../app/queue-packages.ts';
import type { receiveUpload } from '../app/receive-upload.ts';
import type { registerDrone } from '../app/register-drone.ts';
import type { requestWork } from '../app/request-work.ts';

/** What the HTTP face can ask of the program. */
export type UseCases = {
  readonly registerDrone: ReturnType<typeof registerDrone>;
  readonly requestWork: ReturnType<typeof requestWork>;
  readonly completeBuild: ReturnType<typeof completeBuild>;
  readonly receiveUpload: ReturnType<typeof receiveUpload>;
  readonly appendLog: ReturnType<typeof appendLog>;
  readonly readLog: ReturnType<typeof readLog>;
  readonly queuePackages: ReturnType<typeof queuePackages>;
  readonly listQueue: ReturnType<typeof listQueue>;
  readonly setPaused: ReturnType<typeof setPaused>;
  readonly setNodePaused: ReturnType<typeof setNodePaused>;
  readonly unblock: ReturnType<typeof unblock>;
  readonly reports: SwarmReports;
  /** Prove that the database takes a write; rejects when it does not. */
  readonly probe: () => Promise<void>;
};

export type HttpOptions = {
  readonly useCases: UseCases;
  readonly version: string;
  /** Where published packages lie. */
  readonly binhostDir: string;
  /** Port told to agents; the one that is really listened on. */
  readonly port: () => number;
  /** Address told to agents instead of the one they connected to. */
  readonly reportIp: string | undefined;
  readonly startedAt: number;
  readonly now: () => number;
  /** Requests wait until this resolves. */
  readonly recovered: Promise<unknown>;
};
