import { appendLog, complete, orchestrator, readLog, register, uploadPackage, work } from './drone-protocol.ts';
import { health, nodes, pauseNode, resumeNode, sessions, status } from './fleet.ts';
import { control, events, eventsHistory, history, queueAdd, queueList } from './queue.ts';

/** Every endpoint of the control plane by its name in the client. */
export const api = {
  health,
  status,
  nodes,
  pauseNode,
  resumeNode,
  sessions,
  register,
  orchestrator,
  work,
  complete,
  uploadPackage,
  appendLog,
  readLog,
  queueAdd,
  queueList,
  control,
  history,
  events,
  eventsHistory,
} as const;

export type Api = typeof api;
export type EndpointName = keyof Api;
