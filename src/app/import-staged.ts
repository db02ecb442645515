import { SwarmError } from '../core/errors.ts';
import type { AttemptId } from '../core/ids.ts';
import { parseAtom } from '../portage/atom.ts';
import { parseCpv } from '../portage/cpv.ts';
import { normaliseAtom } from '../portage/normalise-atom.ts';
import { compareVersions, parseVersion } from '../portage/version.ts';
import type { DeliveredFile, StagedPackages, WantedPackage } from './delivery-ports.ts';
import type { Deps } from './deps.ts';
import type { Plans } from './plans.ts';
import type { AttemptFacts } from './ports.ts';
import { keepDelivery } from './verify-delivery.ts';

/** What became of the search. `refused` says why what was found is not the package. */
export type Imported = 'none' | 'verified' | { readonly refused: string };

export type ImportStaged = (attempt: AttemptFacts) => Promise<Imported>;

type ImportDeps = Pick<Deps, 'store' | 'binhost'> & { readonly plans: Plans; readonly staged: StagedPackages };

/** One that does not fit may hide one that does; more than this nobody leaves behind. */
const MAX_TRIED = 3;

/**
 * Take over the package of a running attempt whose agent has not uploaded it but copied it to a staging
 * directory, as those of 3.1 do. After `verified` the attempt has its package like after an upload.
 */
export function importStaged(deps: ImportDeps): ImportStaged {
  // To copy a large package takes longer than some agents wait before they report again.
  const underWay = new Map<AttemptId, Promise<Imported>>();
  return (attempt) => {
    const running = underWay.get(attempt.id) ?? searchAndTake(deps, attempt).finally(() => underWay.delete(attempt.id));
    underWay.set(attempt.id, running);
    return running;
  };
}

async function searchAndTake(deps: ImportDeps, attempt: AttemptFacts): Promise<Imported> {
  const wanted = wantedOf(attempt);
  if (wanted === undefined) return 'none';
  let refused: string | undefined;
  for (const delivered of (await deps.staged.find(wanted)).slice(0, MAX_TRIED)) {
    const outcome = await take(deps, attempt, delivered);
    if (outcome === undefined) return 'verified';
    refused ??= `${delivered.path}: ${outcome}`;
  }
  return refused === undefined ? 'none' : { refused };
}

function wantedOf({ package: text, cpv }: AttemptFacts): WantedPackage | undefined {
  const planned = cpv === null ? undefined : parseCpv(cpv);
  if (planned) return exactly(planned);
  const normal = normaliseAtom(text);
  const atom = 'ok' in normal ? parseAtom(normal.ok) : undefined;
  if (!atom) return undefined;
  const { category, name, version } = atom;
  if (atom.operator === '=' && version !== null) return exactly({ category, name, fullVersion: version });
  return { category, name, fullVersion: null, fits: (candidate) => satisfies(candidate, atom.operator, version) };
}

function exactly({ category, name, fullVersion }: Omit<WantedPackage, 'fits'>): WantedPackage {
  return { category, name, fullVersion, fits: (candidate) => candidate === fullVersion };
}

/** Whether a version is one that the operator of an atom lets pass (PMS 8.3.1). */
function satisfies(candidate: string, operator: string, version: string | null): boolean {
  if (parseVersion(candidate) === undefined) return false;
  if (version === null) return true;
  const withoutRevision = (text: string) => text.replace(/-r\d+$/, '');
  if (operator === '=*')
    return (
      candidate === version || (/^[.\-_a-z]/.test(candidate.slice(version.length)) && candidate.startsWith(version))
    );
  if (operator === '~') return compareVersions(withoutRevision(candidate), withoutRevision(version)) === 0;
  const order = compareVersions(candidate, version);
  return operator === '>=' ? order >= 0 : operator === '<=' ? order <= 0 : operator === '>' ? order > 0 : order < 0;
}

/** Undefined when it was taken; else why not. */
async function take(deps: ImportDeps, attempt: AttemptFacts, delivered: DeliveredFile): Promise<string | undefined> {
  const staged = await deps.binhost.adopt(delivered, attempt.id);
  if ('refused' in staged) return staged.refused;
  try {
    const kept = await keepDelivery(deps, attempt, staged);
    return 'refused' in kept ? kept.refused : undefined;
  } catch (error) {
    // Reported twice at the same time, and the other report was first: that one has settled it.
    if (error instanceof SwarmError && error.code === 'STALE_ATTEMPT') return error.message;
    throw error;
  }
}
