import { SwarmError } from '../core/errors.ts';
import type { AttemptId } from '../core/ids.ts';
import { parseAtom } from '../portage/atom.ts';
import { binpkgPath } from '../portage/binpkg.ts';
import { compareWithPlan } from '../portage/binpkg-check.ts';
import { parseCpv } from '../portage/cpv.ts';
import { indexBlockOf } from '../portage/index-entry.ts';
import { normaliseAtom } from '../portage/normalise-atom.ts';
import type { Deps } from './deps.ts';
import { withFreePath } from './free-path.ts';
import type { Plans } from './plans.ts';
import type { Artifact, AttemptFacts, Staged } from './ports.ts';
import { expectationOf } from './reuse.ts';

type Verified = Exclude<Staged, { refused: string }>;
type DeliveryDeps = Pick<Deps, 'store' | 'binhost'> & { readonly plans: Plans };

/**
 * Whether a staged package is the one that the attempt was given out for, and then keep it: the
 * completion of the attempt will find it. What is refused is removed from staging.
 * @throws SwarmError STALE_ATTEMPT when the attempt ended meanwhile.
 */
export async function keepDelivery(
  deps: DeliveryDeps,
  attempt: AttemptFacts,
  staged: Verified,
): Promise<Artifact | { readonly refused: string }> {
  const artifact = artifactOf(attempt.id, staged);
  const problem = await findProblem(deps, attempt, staged);
  if (problem !== undefined) {
    await deps.binhost.discard(artifact);
    return { refused: problem };
  }
  const placed = await withFreePath(deps, artifact);
  await save(deps, attempt, placed);
  return placed;
}

async function findProblem(
  { plans }: Pick<DeliveryDeps, 'plans'>,
  attempt: AttemptFacts,
  { facts: built }: Verified,
): Promise<string | undefined> {
  const plan = attempt.sessionId === null ? undefined : await plans.get(attempt.sessionId);
  const node = attempt.cpv === null ? undefined : plan?.nodes.get(attempt.cpv);
  const differences = node
    ? compareWithPlan(built.metadata, expectationOf(node))
    : compareWithAtom(attempt.package, built.cpv);
  return differences.length === 0 ? undefined : `not the planned package: ${differences.join('; ')}`;
}

/** For what was queued as an atom: the right package, and the right version where one was named. */
function compareWithAtom(text: string, cpv: string): string[] {
  const normal = normaliseAtom(text);
  const atom = 'ok' in normal ? parseAtom(normal.ok) : undefined;
  const built = parseCpv(cpv);
  if (!atom || !built) return [`${cpv} cannot be compared with ${text}`];
  const isRight =
    built.cp === `${atom.category}/${atom.name}` && (atom.operator !== '=' || atom.version === built.fullVersion);
  return isRight ? [] : [`CPV is ${cpv}, wanted was ${text}`];
}

/** The newest delivery of an attempt counts; it may also have lost its package while it was sending. */
async function save({ store, binhost }: Pick<Deps, 'store' | 'binhost'>, attempt: AttemptFacts, artifact: Artifact) {
  const before = await store.readArtifact(artifact.attempt);
  if (!(await store.saveArtifact(artifact))) {
    await binhost.discard(artifact);
    throw new SwarmError('STALE_ATTEMPT', `attempt: ${attempt.id} of ${attempt.package} is not current`);
  }
  if (before && before.sha256 !== artifact.sha256) await binhost.discard(before);
}

function artifactOf(attempt: AttemptId, { facts, mtimeS }: Verified): Artifact {
  const { cpv, buildId, sizeBytes, sha256, md5, sha1 } = facts;
  const path = binpkgPath(facts);
  return {
    attempt,
    cpv,
    buildId,
    path,
    sizeBytes,
    sha256,
    block: indexBlockOf(facts.metadata, { path, sizeBytes, md5, sha1, mtimeS }),
  };
}
