import type { NodeReport, StatusReport } from '../app/report-ports.ts';
import { presentNode, presentStatus, presentStatusDrone, presentSwarm } from './present.ts';
import { writtenBy } from './written-reply.ts';

export type FleetReplies = {
  nodes(reports: readonly NodeReport[]): ReturnType<typeof presentNode>[];
  status(report: StatusReport, version: string): ReturnType<typeof presentStatus>;
};

/** What was made of the report of one drone, as far as it was needed. */
type Made = {
  readonly report: NodeReport;
  readonly node: ReturnType<typeof presentNode>;
  nodeText?: string;
  droneText?: string;
};

/**
 * The answers that name every drone. A report that was there before is the same object again, and its text is
 * kept with it: for thousands of drones, most of the work would be to write the same again.
 */
export function createFleetReplies(): FleetReplies {
  const madeById = new Map<string, Made>();
  const madeOf = (report: NodeReport): Made => {
    const before = madeById.get(report.id);
    if (before?.report === report) return before;
    const made = { report, node: presentNode(report) };
    madeById.set(report.id, made);
    return made;
  };
  const forgetGone = (reports: readonly NodeReport[]) => {
    if (madeById.size > reports.length) madeById.clear();
  };
  return {
    nodes: (reports) => {
      const made = reports.map(madeOf);
      const text = (each: Made) => (each.nodeText ??= JSON.stringify(each.node));
      return writtenBy(
        made.map(({ node }) => node),
        () => `[${made.map(text).join(',')}]`,
      );
    },
    status: (report, version) => {
      forgetGone(report.nodes);
      const swarm = presentSwarm(report, version);
      const status = {
        ...swarm,
        get drones() {
          return presentStatus(report, version).drones;
        },
      };
      const text = (each: Made) => (each.droneText ??= droneText(each.report));
      const drones = () => report.nodes.map((each) => text(madeOf(each))).join(',');
      return writtenBy(status, () => `${JSON.stringify(swarm).slice(0, -1)},"drones":{${drones()}}}`);
    },
  };
}

function droneText(report: NodeReport): string {
  return `${JSON.stringify(report.id)}:${JSON.stringify(presentStatusDrone(report))}`;
}
