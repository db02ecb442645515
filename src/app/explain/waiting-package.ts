import { FAILURE_CLASSES } from '../../core/failure-class.ts';
import { type HoldUps, holdUps, type Missing } from '../../core/hold-up.ts';
import type { PlanGraph } from '../../core/readiness.ts';
import { expectedS } from '../../core/schedule/duration.ts';
import { WAITS_SHOWN, waits } from '../../core/waits.ts';
import type { SessionPackage } from '../ports.ts';
import { availableIn } from '../refresh-readiness.ts';
import type { Link, PackageFindings } from './explanation.ts';
import { type Scene, UNKNOWN } from './scene.ts';
import { span, whenDone } from './words.ts';

/** All packages of a session, by what is available and what is not. */
export type SessionScene = {
  readonly graph: PlanGraph;
  readonly available: ReadonlySet<string>;
  readonly byCpv: ReadonlyMap<string, SessionPackage>;
};

/** Rows of one session by their version; of several rows of one, the one that something can still happen to. */
export function sessionScene(graph: PlanGraph, members: readonly SessionPackage[]): SessionScene {
  const byCpv = new Map<string, SessionPackage>();
  for (const each of members) if (each.cpv !== null && isBetter(each, byCpv.get(each.cpv))) byCpv.set(each.cpv, each);
  return { graph, available: availableIn(graph, members), byCpv };
}

function isBetter(row: SessionPackage, known: SessionPackage | undefined): boolean {
  return known === undefined || ORDER.indexOf(row.state) < ORDER.indexOf(known.state);
}

const ORDER: readonly SessionPackage['state'][] = ['received', 'delegated', 'needed', 'blocked', 'failed'];

/** Why a package cannot be built yet: the chain down to what really holds it up. */
export function explainWaiting(cpv: string, session: SessionScene, scene: Scene): PackageFindings {
  const { graph, available, byCpv } = session;
  const held = holdUps(graph, cpv, (each) => missingOf(each, session, scene));
  const stuck = [...byCpv.values()].filter(isStuck).flatMap((each) => each.cpv ?? []);
  const waitingOn = waits(graph, available, stuck)(cpv);
  const chain = held.chain.map((each) => linkOf(each, session, scene));
  const [first, last] = [chain[0], chain.at(-1)];
  const isStuckAtEnd = held.waitS === Number.POSITIVE_INFINITY;
  if (held.circle.length > 0) return inCircle(held, { chain, waitingOn });
  if (first === undefined || last === undefined)
    return { reason: 'waiting', headline: 'All that it waits for is there; it is ready in a moment.', details: [] };
  const more = waitingOn.filter((name) => name.replace(/ .*/, '') !== first.package).length;
  const atLeast = waitingOn.length < WAITS_SHOWN ? '' : 'At least ';
  const missing = more === 0 ? [] : [`${atLeast}${more} more of what it needs ${more === 1 ? 'is' : 'are'} missing.`];
  const deep = chain.length === 1 ? '' : `${first.package}, and in the end for `;
  return {
    reason: isStuckAtEnd ? 'stuck' : 'waiting',
    headline: isStuckAtEnd
      ? `It will not be built: it needs ${last.package}, which ${last.why}.`
      : `It waits for ${deep}${last.package}, which ${last.why}.`,
    details: [...missing, ...earliest(held, session, scene)],
    chain,
    waitingOn,
  };
}

/** None of them is ever ready; with an older one installed it would be. */
function inCircle({ circle }: HoldUps, findings: Pick<PackageFindings, 'chain' | 'waitingOn'>): PackageFindings {
  const more = circle.length > CIRCLE_SHOWN ? ` and ${circle.length - CIRCLE_SHOWN} more` : '';
  const names = circle.slice(0, CIRCLE_SHOWN).join(', ');
  return {
    reason: 'stuck',
    headline: `It will not be built: it waits for packages that can only be built after each other (${names}${more}).`,
    details: ['Other USE flags for one of them may break the circle.'],
    ...findings,
  };
}

/** So many packages of a circle are named in a sentence. */
const CIRCLE_SHOWN = 5;

/** What a package of the session is at, for those that wait for it; undefined when it is there. */
function missingOf(cpv: string, { available, byCpv }: SessionScene, scene: Scene): Missing | undefined {
  const row = byCpv.get(cpv);
  if (row === undefined || available.has(cpv)) return undefined;
  if (row.state === 'received') return { isWaiting: false, remainingS: 0 };
  if (isStuck(row)) return { isWaiting: false, remainingS: Number.POSITIVE_INFINITY };
  const build = scene.buildOf(row.id);
  if (build !== undefined)
    return { isWaiting: false, remainingS: Math.max(0, ((build.expectedAt ?? scene.now) - scene.now) / 1000) };
  const { fastest } = scene.swarm.fleet.capacity(scene.now);
  const estimate = scene.dispatcher.known(row.id)?.beliefs.estimate ?? UNKNOWN;
  return { isWaiting: row.state === 'needed' && !row.isReady, remainingS: expectedS(estimate) * fastest };
}

function isStuck({ state }: SessionPackage): boolean {
  return state === 'blocked' || state === 'failed';
}

function linkOf({ cpv, through }: HoldUps['chain'][number], session: SessionScene, scene: Scene): Link {
  // What is missing has a row: all else is available.
  const row = session.byCpv.get(cpv) as SessionPackage;
  const seen = scene.buildOf(row.id);
  return {
    ...{ package: cpv, state: row.state, through, why: whyOf(row, scene) },
    drone: seen?.berth.drone.name ?? (row.state === 'delegated' ? row.assignedTo : null),
    since: seen?.build.startedAt ?? null,
    expectedAt: seen?.expectedAt ?? null,
  };
}

/** Continues "which …". */
function whyOf(row: SessionPackage, { now, buildOf, dispatcher }: Scene): string {
  switch (row.state) {
    case 'received':
      return 'is built and will be in the index of the binhost in a moment';
    case 'blocked':
    case 'failed': {
      const says = row.failureClass === null ? '' : ` (${row.failureClass}: ${FAILURE_CLASSES[row.failureClass].says})`;
      return `${row.state === 'blocked' ? 'is blocked' : 'has failed for good'}${says}`;
    }
    case 'delegated': {
      const seen = buildOf(row.id);
      if (seen === undefined) return `${row.assignedTo ?? 'a drone'} is building`;
      const { berth, build, expectedAt } = seen;
      return `${berth.drone.name} has been building for ${span(now - build.startedAt)} (${whenDone(expectedAt, now)})`;
    }
    case 'needed': {
      const notBefore = dispatcher.known(row.id)?.live.notBefore ?? null;
      if (!row.isReady) return 'waits itself';
      return notBefore !== null && notBefore > now
        ? `is tried again in ${span(notBefore - now)}`
        : 'is ready and waits for a drone';
    }
  }
}

/** Only where every step of the chain is known; a guess would be taken for more than it is. */
function earliest({ waitS, chain }: HoldUps, { byCpv }: SessionScene, scene: Scene): string[] {
  const isKnown = chain.every(({ cpv }) => {
    const row = byCpv.get(cpv);
    return row?.state === 'received' || (row !== undefined && !scene.isGuess(row.id));
  });
  if (!Number.isFinite(waitS) || !isKnown) return [];
  return [`It can begin in ${span(waitS * 1000)} at the earliest.`];
}
