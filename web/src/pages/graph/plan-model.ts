import type { Reply } from '../../api/api.ts';
import type { QueueRow } from '../../live/swarm-state.ts';
import { partsOf } from '../../ui/format.ts';

export type GraphReply = Reply<'sessionGraph'>;
type ReplyNode = GraphReply['nodes'][number];
export type Circle = GraphReply['circles'][number];

/** As people see it: what is needed could be built now, or waits. */
export type NodeState = 'building' | 'ready' | 'waiting' | 'blocked' | 'failed' | 'received';

/** A package of the plan as it stands now. */
export type PlanNode = Omit<ReplyNode, 'state' | 'ready'> & {
  readonly state: NodeState;
  /** Category, name and version: what it is called in the address. */
  readonly cpv: string;
  readonly category: string;
  readonly name: string;
  readonly version: string;
};

/** Who needs whom; packages by their place. It stays the same object as long as it is the same. */
export type PlanShape = {
  /** What it can be told apart by. */
  readonly key: string;
  readonly size: number;
  readonly places: ReadonlyMap<string, number>;
  readonly edges: GraphReply['edges'];
  readonly needs: readonly (readonly number[])[];
  readonly users: readonly (readonly number[])[];
  readonly circles: readonly Circle[];
};

/** Packages of answers as the live queue knows them better; one that has not changed is the same object as before. */
export function createLiveNodes() {
  const known = new WeakMap<ReplyNode, { readonly row: QueueRow | undefined; readonly node: PlanNode }>();
  return (reply: GraphReply, queue: ReadonlyMap<number, QueueRow> | undefined): readonly PlanNode[] =>
    reply.nodes.map((told) => {
      const row = queue?.get(told.id);
      const before = known.get(told);
      if (before !== undefined && before.row === row) return before.node;
      const node = nodeOf(told, row);
      known.set(told, { row, node });
      return node;
    });
}

function nodeOf(told: ReplyNode, row: QueueRow | undefined): PlanNode {
  const cpv = told.package.replace(/^=/, '');
  const now =
    row === undefined
      ? { state: stateOf(told.state, told.ready) }
      : {
          ...{ state: stateOf(row.status, row.ready), drone: row.assigned_to, attempt: row.attempt },
          ...{ failures: row.failures, failure_class: row.failure_class },
        };
  return { ...told, ...partsOf(told.package), cpv, ...now };
}

function stateOf(state: ReplyNode['state'], isReady: boolean): NodeState {
  if (state === 'delegated') return 'building';
  return state === 'needed' ? (isReady ? 'ready' : 'waiting') : state;
}

/** The shape of an answer; the one before where nothing of it changed. */
export function shapeOf(reply: GraphReply, before: PlanShape | undefined): PlanShape {
  const key = keyOf(reply);
  if (before?.key === key) return before;
  const needs = reply.nodes.map((): number[] => []);
  const users = reply.nodes.map((): number[] => []);
  for (const { from, to } of reply.edges) {
    needs[from]?.push(to);
    users[to]?.push(from);
  }
  const places = new Map(reply.nodes.map((node, place) => [node.package.replace(/^=/, ''), place]));
  return { key, size: reply.nodes.length, places, edges: reply.edges, needs, users, circles: reply.circles };
}

/** Plans never change, but packages are taken out of the queue and put into it. */
function keyOf({ session, nodes, edges }: GraphReply): string {
  let sum = 0;
  for (const { id } of nodes) sum = (Math.imul(sum, 31) + id) | 0;
  return `${session.id} ${nodes.length} ${edges.length} ${sum}`;
}
