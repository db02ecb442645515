import { SwarmError } from '../core/errors.ts';
import { events } from '../core/events.ts';
import type { AttemptId, DroneId } from '../core/ids.ts';
import { parseAtom } from '../portage/atom.ts';
import { binpkgPath } from '../portage/binpkg.ts';
import { compareWithPlan } from '../portage/binpkg-check.ts';
import { parseCpv } from '../portage/cpv.ts';
import { indexBlockOf } from '../portage/index-entry.ts';
import { currentAttempt } from './append-log.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';
import type { Artifact, AttemptFacts, ByteStream, Staged } from './ports.ts';
import { expectationOf } from './reuse.ts';

export type Upload = {
  readonly attempt: AttemptId;
  readonly droneId: DroneId;
  /** What the drone says the whole file's SHA-256 is, in hex. */
  readonly sha256: string;
  readonly format: 'gpkg' | 'xpak';
  readonly bytes: ByteStream;
};

type Verified = Exclude<Staged, { refused: string }>;

/** Larger than any Gentoo package has ever been; protects the disk from a drone gone mad. */
const MAX_UPLOAD_BYTES = 32 * 1024 ** 3;

/**
 * Take a binary package: whole, well-formed, and the planned one, or not at all. It stays invisible to
 * clients until the attempt is reported complete.
 * @throws SwarmError UNKNOWN_ATTEMPT, STALE_ATTEMPT, UPLOAD_REFUSED
 */
export function receiveUpload(deps: Pick<Deps, 'store' | 'hub' | 'clock' | 'binhost'> & { plans: Plans }) {
  return async (upload: Upload): Promise<Artifact> => {
    const { store, binhost } = deps;
    const facts = await currentAttempt(store, upload.attempt, upload.droneId);
    const staged = await binhost.stage({ ...upload, maxBytes: MAX_UPLOAD_BYTES });
    if ('refused' in staged) return refuse(deps, facts, staged.refused);
    const problem = await findProblem(deps, facts, staged);
    if (problem !== undefined) return discard(deps, facts, staged, problem);
    const artifact = artifactOf(upload, staged);
    const taken = (await store.findBinpkgs([artifact.cpv])).find((each) => each.path === artifact.path);
    if (taken && taken.sha256 !== artifact.sha256) {
      const problem = `build id ${artifact.buildId ?? 'none'} of ${artifact.cpv} is in the binhost already`;
      return discard(deps, facts, staged, problem);
    }
    await save(deps, facts, artifact);
    return artifact;
  };
}

/** The newest delivery of an attempt counts; it may also have lost its package while it was sending. */
async function save({ store, binhost }: Pick<Deps, 'store' | 'binhost'>, facts: AttemptFacts, artifact: Artifact) {
  const before = await store.readArtifact(artifact.attempt);
  if (!(await store.saveArtifact(artifact))) {
    await binhost.discard(artifact);
    throw new SwarmError('STALE_ATTEMPT', `attempt: ${facts.id} of ${facts.package} is not current`);
  }
  if (before && before.sha256 !== artifact.sha256) await binhost.discard(before);
}

async function discard(
  deps: Pick<Deps, 'store' | 'hub' | 'clock' | 'binhost'>,
  facts: AttemptFacts,
  { facts: { sha256 } }: Verified,
  reason: string,
): Promise<never> {
  await deps.binhost.discard({ attempt: facts.id, sha256 });
  return refuse(deps, facts, reason);
}

async function refuse(
  { store, hub, clock }: Pick<Deps, 'store' | 'hub' | 'clock'>,
  facts: AttemptFacts,
  reason: string,
): Promise<never> {
  const now = clock.now();
  const drone = { id: facts.droneId, name: facts.droneName };
  const applied = await store.apply([
    { kind: 'event', event: events.refused(drone, facts.package, facts.id, reason), at: now },
  ]);
  hub.announce(applied?.events ?? []);
  throw new SwarmError('UPLOAD_REFUSED', `${facts.package}: ${reason}`);
}

async function findProblem(
  { plans }: { plans: Plans },
  facts: AttemptFacts,
  { facts: built }: Verified,
): Promise<string | undefined> {
  const plan = facts.sessionId === null ? undefined : await plans.get(facts.sessionId);
  const node = facts.cpv === null ? undefined : plan?.nodes.get(facts.cpv);
  const differences = node
    ? compareWithPlan(built.metadata, expectationOf(node))
    : compareWithAtom(facts.package, built.cpv);
  return differences.length === 0 ? undefined : `not the planned package: ${differences.join('; ')}`;
}

/** For what was queued as an atom: the right package, and the right version where one was named. */
function compareWithAtom(text: string, cpv: string): string[] {
  const atom = parseAtom(text);
  const built = parseCpv(cpv);
  if (!atom || !built) return [`${cpv} cannot be compared with ${text}`];
  const isRight =
    atom.operator === '='
      ? text.replace(/^=/, '').split(/[:[]/, 1)[0] === cpv
      : built.cp === `${atom.category}/${atom.name}`;
  return isRight ? [] : [`CPV is ${cpv}, wanted was ${text}`];
}

function artifactOf({ attempt }: Upload, { facts, mtimeS }: Verified): Artifact {
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
