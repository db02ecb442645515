import type { Setting } from '../src/settings/setting.ts';
import { CHAPTERS, keyOf, SETTINGS, type SettingName } from '../src/settings/table.ts';

const READERS = { server: '', client: ' Read by commands.', nobody: '' } as const;

/** The table of settings as the reference shows it. */
export function settingLines(): string[] {
  return [...FILE, ...Object.entries(CHAPTERS).flatMap(([title, names]) => chapter(title, names)), '', ...OTHERS];
}

function chapter(title: string, names: readonly SettingName[]): string[] {
  const head = [
    '',
    `## ${title}`,
    '',
    '| environment | key | flag | default | must be | |',
    '|---|---|---|---|---|---|',
  ];
  return [...head, ...names.map(row)];
}

function row(name: SettingName): string {
  // One row at a time; which type its value has is not asked here.
  const { kind, flag, fallbackWords, why, reader, isSecret } = SETTINGS[name] as Setting<unknown>;
  const unit = kind.unit === '' || Number.isNaN(Number(fallbackWords)) ? '' : ` ${kind.unit}`;
  const flagCell = flag === null ? '' : `\`serve ${flag}\``;
  const secret = isSecret ? ' A secret: never shown, and not for the file if others can read that.' : '';
  const cells = [`\`${name}\``, `\`${keyOf(name)}\``, flagCell, `${fallbackWords}${unit}`, kind.range];
  return `| ${[...cells, `${why}${READERS[reader]}${secret}`].map(escaped).join(' | ')} |`;
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}

const FILE = [
  'The file is the one of `serve --config`, else of `SWARM_CONFIG`, else the first that is there of `$XDG_CONFIG_HOME/build-swarm/build-swarm.json` (`~/.config` without it; not for root) and `/etc/build-swarm/build-swarm.json`. `off` for one of the former reads none. It is JSON: an object with the keys below; numbers, texts, `true` and `false`, and lists of texts where several are allowed. Keys that begin with `//` are remarks. Paths in it are relative to its directory.',
  '',
  '```json',
  '{ "//": "drones of this house", "swarm_host": "0.0.0.0", "node_timeout": 60, "log_max_mb": 100 }',
  '```',
  '',
  'A value that cannot be used, or a key that is none, ends the program with status 2 (`BAD_SETTING`) and says which, where it came from and what is allowed. `build-swarmv3 config show` prints every value and where it comes from, `build-swarmv3 config check` only says what is wrong.',
];

const OTHERS = [
  '## Beside these',
  '',
  '| | default | |',
  '|---|---|---|',
  '| `XDG_DATA_HOME`, `XDG_STATE_HOME`, `XDG_CACHE_HOME`, `XDG_CONFIG_HOME` | those of the specification | directories of users; root has those of the system |',
  '| `BUILD_SWARM_PORTAGE` | found or installed | virtual environment whose Portage is used |',
  '| `NO_COLOR` | | prints no colours |',
  '| `drone run --slots` | 1 | packages built side by side |',
  '| `drone run --heartbeat` | 10 s | time between two signs of life |',
  '| `drone run --prefix` | the system | Portage prefix to build in |',
  '| `drone run --state` | below the prefix | builds that are not delivered yet |',
];
