import { SwarmError } from '../core/errors.ts';
import type { SessionId } from '../core/ids.ts';
import {
  type NamedBuild,
  packageRuns,
  type SessionDifferences,
  sessionDifferences,
} from '../core/session-differences.ts';
import {
  compareBuilds,
  type DurationChange,
  type SessionBuild,
  type SessionFigures,
  sessionFigures,
  slowestBuilds,
} from '../core/session-figures.ts';
import { parseCpv } from '../portage/cpv.ts';
import type { Deps } from './deps.ts';
import { findSession } from './find-session.ts';
import type { SessionReport, SwarmReports } from './report-ports.ts';
import type { Person, SessionReads, StuckPackage } from './session-ports.ts';

/** A session with all that is known of how it goes, or went. */
export type SessionDetail = {
  readonly session: SessionReport;
  readonly counts: Awaited<ReturnType<SessionReads['counts']>>;
  readonly figures: SessionFigures;
  readonly slowest: readonly SessionBuild[];
  readonly stuck: readonly StuckPackage[];
  readonly queuedBy: Person | null;
  readonly endedBy: Person | null;
};

export type ComparedSession = { readonly session: SessionReport; readonly figures: SessionFigures };

export type SessionComparison = {
  readonly a: ComparedSession;
  readonly b: ComparedSession;
  /** How many packages both built, whatever their version, and only one of them. */
  readonly inBoth: number;
  readonly onlyA: number;
  readonly onlyB: number;
  /** Those of both whose time changed most. */
  readonly changed: readonly DurationChange[];
  /** What was tried in one of them only, or ended otherwise, or in another version. */
  readonly differences: SessionDifferences;
};

export type SessionInsight = ReturnType<typeof createSessionInsight>;

type Needs = Pick<Deps, 'clock'> & {
  readonly reports: Pick<SwarmReports, 'sessionsCalled'>;
  readonly reads: SessionReads;
};

/** More builds of one session are not looked at. */
const BUILDS_AT_MOST = 100_000;
const SLOWEST = 10;
const STUCK = 50;
const CHANGED = 50;
/** So many of several that are meant are named. */
const NAMED = 5;

/** @throws SwarmError NOT_FOUND for sessions that there are not, CONFLICT where several are meant */
export function createSessionInsight({ reads, reports, clock }: Needs) {
  /** By id, by a name that only one has, or by the beginning of an id that only one has. */
  const meant = async (text: string): Promise<SessionReport> => {
    const called = await reads.session(await findSession(reports, text));
    if (called !== undefined) return called;
    const begun = await reads.sessionsBeginning(text, NAMED + 1);
    const [first, ...others] = begun;
    if (others.length > 0) throw ambiguous(text, begun);
    const found = first === undefined ? undefined : await reads.session(first.id);
    if (found === undefined) throw new SwarmError('NOT_FOUND', `session: no session has the id or the name ${text}`);
    return found;
  };

  const look = async (session: SessionReport) => {
    const builds = await reads.builds(session.id, BUILDS_AT_MOST);
    const span = { from: session.startedAt, to: session.completedAt ?? clock.now() };
    return { builds, figures: sessionFigures(builds, span) };
  };

  return {
    find: meant,

    detail: async (text: string): Promise<SessionDetail> => {
      const session = await meant(text);
      const { builds, figures } = await look(session);
      return {
        ...{ session, figures, slowest: slowestBuilds(builds, SLOWEST) },
        counts: await reads.counts(session.id),
        stuck: await reads.stuck(session.id, STUCK),
        ...(await reads.people(session.id)),
      };
    },

    compare: async (first: string, second: string): Promise<SessionComparison> => {
      const [one, other] = [await meant(first), await meant(second)];
      const [a, b] = [await look(one), await look(other)];
      const nameOf = createNameOf();
      const runs = (builds: readonly SessionBuild[]) => packageRuns(namedBuilds(builds, nameOf));
      const { both, onlyA, onlyB } = compareBuilds(secondsByName(a.builds, nameOf), secondsByName(b.builds, nameOf));
      return {
        a: { session: one, figures: a.figures },
        b: { session: other, figures: b.figures },
        ...{ inBoth: both.length, onlyA, onlyB },
        changed: both.filter(({ aS, bS }) => aS !== bS).slice(0, CHANGED),
        differences: sessionDifferences(runs(a.builds), runs(b.builds)),
      };
    },
  };
}

/** Versions change from one session to the next; of several in one session the sum counts. */
function secondsByName(builds: readonly SessionBuild[], nameOf: NameOf): Map<string, number> {
  const seconds = new Map<string, number>();
  for (const { package: name, outcome, durationS } of builds) {
    if (outcome !== 'built') continue;
    const key = nameOf(name).name;
    seconds.set(key, (seconds.get(key) ?? 0) + durationS);
  }
  return seconds;
}

type Named = { readonly name: string; readonly version: string };
type NameOf = (packageName: string) => Named;

function namedBuilds(builds: readonly SessionBuild[], nameOf: NameOf): NamedBuild[] {
  return builds.flatMap(({ package: packageName, outcome, durationS }) =>
    outcome === 'returned' ? [] : [{ ...nameOf(packageName), outcome, durationS }],
  );
}

/** Category and name, and the version; most packages are in both sessions, and are looked at once. */
function createNameOf(): NameOf {
  const known = new Map<string, Named>();
  return (packageName) => {
    const before = known.get(packageName);
    if (before !== undefined) return before;
    const bare = packageName.replace(/^=/, '');
    const cpv = parseCpv(bare);
    const named = { name: cpv?.cp ?? bare, version: cpv?.fullVersion ?? '' };
    known.set(packageName, named);
    return named;
  };
}

function ambiguous(text: string, begun: readonly { id: SessionId; name: string }[]): SwarmError {
  const named = begun.slice(0, NAMED).map(({ id, name }) => `${id} (${name})`);
  const more = begun.length > NAMED ? ' and others' : '';
  return new SwarmError('CONFLICT', `session: several ids begin with ${text}: ${named.join(', ')}${more}`);
}
