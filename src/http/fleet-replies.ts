import type { NodeReport, StatusReport } from '../app/report-ports.ts';
import { type KeptTexts, keepTexts } from './kept-texts.ts';
import { presentNode, presentStatus, presentStatusDrone, presentSwarm } from './present.ts';
import type { Eta } from './present-estimates.ts';
import { createScratch } from './scratch.ts';
import { writtenBy } from './written-reply.ts';

type Nodes = ReturnType<typeof presentNode>[];

export type FleetReplies = {
  nodes(reports: readonly NodeReport[]): Promise<Nodes>;
  /** The list as the first clients know it. */
  legacyNodes(reports: readonly NodeReport[]): Promise<{ drones: Nodes; orchestrators: never[] }>;
  status(report: StatusReport, version: string, eta: Eta): Promise<ReturnType<typeof presentStatus>>;
  /** Write the texts of these drones now, so that nobody waits for it later. */
  prepare(reports: readonly NodeReport[]): void;
};

/**
 * The answers that name every drone. A report that was there before is the same object again, and its text is
 * kept with it: for thousands of drones, most of the work would be to write the same again.
 */
export function createFleetReplies(): FleetReplies {
  const scratch = createScratch();
  const nodeTexts = keepTexts({ write: nodeText, brackets: '[]', scratch });
  const droneTexts = keepTexts({ write: droneText, brackets: '{}', scratch });
  return {
    nodes: async (reports) => {
      const bytes = await nodeTexts.joined(reports);
      return writtenBy(presentLate(reports), () => bytes);
    },
    legacyNodes: async (reports) => {
      const bytes = await nodeTexts.joined(reports);
      const reply = { drones: presentLate(reports), orchestrators: [] };
      return writtenBy(reply, () => around('{"drones":', bytes, ',"orchestrators":[]}'));
    },
    status: (report, version, eta) => statusReply(droneTexts, report, { version, eta }),
    prepare: (reports) => {
      nodeTexts.prepare(reports);
      droneTexts.prepare(reports);
    },
  };
}

/**
 * As long as the list will be, and the same as JSON. Where it is written by parts, only a check of what was
 * written looks at the objects, of which there may be thousands.
 */
function presentLate(reports: readonly NodeReport[]): Nodes {
  const places = Array.from<Nodes[number]>({ length: reports.length });
  return Object.defineProperty(places, 'toJSON', { value: () => reports.map(presentNode) });
}

function nodeText(report: NodeReport): string {
  return JSON.stringify(presentNode(report));
}

function droneText(report: NodeReport): string {
  return `${JSON.stringify(report.id)}:${JSON.stringify(presentStatusDrone(report))}`;
}

type Beside = { readonly version: string; readonly eta: Eta };

async function statusReply(droneTexts: KeptTexts<NodeReport>, report: StatusReport, { version, eta }: Beside) {
  const bytes = await droneTexts.joined(report.nodes);
  const swarm = presentSwarm(report, version, eta);
  const status = {
    ...swarm,
    get drones() {
      return presentStatus(report, version, eta).drones;
    },
  };
  return writtenBy(status, () => around(`${JSON.stringify(swarm).slice(0, -1)},"drones":`, bytes, '}'));
}

function around(before: string, bytes: Uint8Array, after: string): Uint8Array {
  return Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]);
}
