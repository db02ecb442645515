/** Which step and which version are looked at, as the address says; what is usual is left out. */
export type ArchitectureSearch = {
  /** A step in the life of a package. */
  readonly step?: string | undefined;
  /** A version before this one. */
  readonly version?: 'v1' | 'v2' | undefined;
};

/** Reads an address that anybody may have written. */
export function architectureSearch(search: Record<string, unknown>): ArchitectureSearch {
  const { step, version } = search;
  return {
    ...(typeof step === 'string' && /^[a-z]{1,20}$/.test(step) ? { step } : {}),
    ...(version === 'v1' || version === 'v2' ? { version } : {}),
  };
}
