/** How a package fared in one session, whatever its version. */
export type PackageRun = {
  /** Those that were tried, in the order of trying. */
  readonly versions: readonly string[];
  /** `failed` where any of its versions ended so last. */
  readonly outcome: 'built' | 'failed';
  /** Seconds of its builds that ended well. */
  readonly builtS: number;
};

/** A build that ended well or failed, of a package without its version. */
export type NamedBuild = {
  readonly name: string;
  readonly version: string;
  readonly outcome: 'built' | 'failed';
  readonly durationS: number;
};

export type NamedRun = PackageRun & { readonly package: string };

/** What is other in the second of two sessions. */
export type SessionDifferences = {
  /** Tried in the first only, and in the second only; what took longest first. */
  readonly gone: readonly NamedRun[];
  readonly added: readonly NamedRun[];
  /** Built in one and not in the other, by name; what got worse first. */
  readonly outcomes: readonly { readonly package: string; readonly a: PackageRun; readonly b: PackageRun }[];
  /** In other versions than before, by name. */
  readonly upgraded: readonly { readonly package: string; readonly a: PackageRun; readonly b: PackageRun }[];
};

/** The packages of a session by name; `builds` the oldest first. */
export function packageRuns(builds: readonly NamedBuild[]): ReadonlyMap<string, PackageRun> {
  const last = new Map<string, Map<string, NamedBuild>>();
  const seconds = new Map<string, number>();
  for (const build of builds) {
    const versions = last.get(build.name);
    if (versions === undefined) last.set(build.name, new Map([[build.version, build]]));
    else versions.set(build.version, build);
    if (build.outcome === 'built') seconds.set(build.name, (seconds.get(build.name) ?? 0) + build.durationS);
  }
  return new Map(
    [...last].map(([name, versions]) => {
      const hasFailed = [...versions.values()].some(({ outcome }) => outcome === 'failed');
      const outcome = hasFailed ? 'failed' : 'built';
      return [name, { versions: [...versions.keys()], outcome, builtS: seconds.get(name) ?? 0 }];
    }),
  );
}

/** What changed from one session to the other. */
export function sessionDifferences(
  a: ReadonlyMap<string, PackageRun>,
  b: ReadonlyMap<string, PackageRun>,
): SessionDifferences {
  const both = [...a].flatMap(([name, one]) => {
    const other = b.get(name);
    return other === undefined ? [] : [{ package: name, a: one, b: other }];
  });
  const isWorse = (pair: (typeof both)[number]) => Number(pair.b.outcome === 'failed');
  return {
    gone: only(a, b),
    added: only(b, a),
    outcomes: both
      .filter((pair) => pair.a.outcome !== pair.b.outcome)
      .toSorted((one, other) => isWorse(other) - isWorse(one) || byName(one, other)),
    upgraded: both.filter((pair) => pair.a.versions.join() !== pair.b.versions.join()).toSorted(byName),
  };
}

function only(these: ReadonlyMap<string, PackageRun>, others: ReadonlyMap<string, PackageRun>): NamedRun[] {
  return [...these]
    .flatMap(([name, run]) => (others.has(name) ? [] : [{ package: name, ...run }]))
    .toSorted((one, other) => other.builtS - one.builtS || byName(one, other));
}

function byName(one: { readonly package: string }, other: { readonly package: string }): number {
  return one.package < other.package ? -1 : 1;
}
