/** What a line of emerge's output says about its way through the merge list. */
export type EmergeProgress = {
  readonly step: 'fetching' | 'compiling' | 'installing' | 'completed';
  readonly at: number;
  readonly of: number;
  readonly package: string;
};

const STEPS: Readonly<Record<string, EmergeProgress['step']>> = {
  'Emerging binary': 'fetching',
  Emerging: 'compiling',
  Installing: 'installing',
  Completed: 'completed',
};

const LINE =
  /^>>> (?<step>Emerging binary|Emerging|Installing|Completed) \((?<at>\d+) of (?<of>\d+)\) (?<name>[^\s:]+)/;

/** Reads a line such as `>>> Emerging binary (3 of 24) dev-lang/tinyscript-2.1::swarmtest`; undefined for all others. */
export function readEmergeLine(line: string): EmergeProgress | undefined {
  const { step = '', at, of, name = '' } = LINE.exec(line)?.groups ?? {};
  const known = STEPS[step];
  return known === undefined ? undefined : { step: known, at: Number(at), of: Number(of), package: name };
}
