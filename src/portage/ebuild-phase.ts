/** Portage's message about an ebuild that died, with the phase. */
export const DIE = /^[ *]*ERROR: \S+ failed \(([a-z]+) phase\)/;

/** A phase begins. */
export const PHASE_LINE =
  /^>>> (?:(Unpack|Prepar|Configur|Compil)ing source|(Test) phase: |(Install) \S+ into |(Running) pre-merge)/;

const PHASE_OF_WORD: Readonly<Record<string, string>> = {
  ...{ Unpack: 'unpack', Prepar: 'prepare', Configur: 'configure', Compil: 'compile' },
  ...{ Test: 'test', Install: 'install', Running: 'pretend' },
};

/** The phase that begins with this line; undefined if none does. */
export function phaseBegunBy(line: string): string | undefined {
  const word = PHASE_LINE.exec(line)
    ?.slice(1)
    .find((each) => each !== undefined);
  return word === undefined ? undefined : PHASE_OF_WORD[word];
}
