import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSystem, type PortagePrefix } from '../emerge/prefix.ts';
import { parseObservation } from '../portage/observability.ts';
import type { Held } from './slots.ts';

/**
 * The attempts with the phase that emerge itself says it is in (FEATURES=observability, Portage 3.0.82
 * and later); where it says nothing, the one that its output told stays.
 */
export async function withObservedPhases(prefix: PortagePrefix, held: readonly Held[]): Promise<Held[]> {
  const phasesByCpv = held.length === 0 ? new Map<string, string>() : await observedPhases(prefix);
  return held.map((one) => {
    const phase = isAtEbuild(one) ? phasesByCpv.get(one.package.replace(/^=/, '')) : undefined;
    return phase === undefined ? one : { ...one, phase };
  });
}

/** While its dependencies are installed, or it is delivered, an ebuild of that name is somebody else's. */
function isAtEbuild(held: Held): boolean {
  return held.stage === 'building' && held.phase !== 'dependencies';
}

async function observedPhases(prefix: PortagePrefix): Promise<Map<string, string>> {
  const directory = join(isSystem(prefix) ? '/' : prefix.dir, 'run', 'portage');
  const names = (await readdir(directory).catch(() => [])).filter((name) => /^emerge-\d+\.json$/.test(name));
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8').catch(() => '')));
  const tasks = texts.flatMap((text) => parseObservation(text)?.tasks ?? []);
  return new Map(
    tasks.flatMap(({ cpv, kind, isBinary, phase }) =>
      kind === 'build' && !isBinary && phase !== null ? [[cpv, phase] as const] : [],
    ),
  );
}
