import { FAILURE_CLASSES } from '../src/core/failure-class.ts';
import { FAILURE_PATTERNS, type FailurePattern, PHASE_CLASSES } from '../src/portage/failure-patterns.ts';

const PLACES: Readonly<Record<FailurePattern['place'], string>> = {
  resolver: 'before emerge begins with a package',
  portage: 'since then, when no ebuild died',
  die: 'near the message of the ebuild that died, whatever its phase',
  beside: 'beside the failure: the `die`, the first failed command of make, ninja or cargo, or the last lines',
};

/** The page of failure classes, line by line: the classes, and by what lines of a log they are told. */
export function failureLines(): string[] {
  const classes = Object.entries(FAILURE_CLASSES).map(
    ([name, each]) => `| \`${name}\` | ${each.blame} | ${each.says} |`,
  );
  return [
    ...['| class | blame | the build failed because |', '|---|---|---|', ...classes, ''],
    ...['## How a class is told', '', WORDS, ''],
    ...['| where | phases | line of the log | proves | class |', '|---|---|---|---|---|'],
    ...FAILURE_PATTERNS.map(patternRow),
  ];
}

const PHASES = Object.entries(PHASE_CLASSES)
  .map(([phase, failureClass]) => `${phase}: \`${failureClass}\``)
  .join(', ');

const WORDS = `The drone decides, in this order: what it knows itself (it ended the build: \`timeout\`, \`silent\`; emerge ended well and wrote nothing: \`missing_binary\`); a line about memory, disk, network or machine beside the failure, made certain by the kernel's count of processes killed for want of memory and by the room there was; kills and a full disk alone, where the log has no other error; a signal from outside (\`killed\`); and then what Portage says, at last the phase in which the ebuild died (${PHASES}). Of each place the first row that matches counts.`;

function patternRow({ place, phases, pattern, proves, failureClass }: FailurePattern): string {
  const where = phases === undefined ? 'all' : phases.map((phase) => phase ?? 'before any').join(', ');
  return `| ${PLACES[place]} | ${where} | \`${pattern.source.replaceAll('|', '\\|').replaceAll('`', "'")}\` | ${proves} | \`${failureClass}\` |`;
}
