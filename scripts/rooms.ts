/**
 * The room graph: which folder below src/ may import which, as their tsconfig.json files say.
 * `tsx scripts/rooms.ts` writes it into ARCHITECTURE.md; `--check` only says whether it is fresh.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { listFiles, ROOT } from './files.ts';

/** A folder below src/ with its own tsconfig.json. `name` and `imports` are paths below src/. */
export type Room = { readonly name: string; readonly imports: readonly string[] };

const BEGIN = '<!-- rooms:begin -->';
const END = '<!-- rooms:end -->';

/** Every room of the project below `root`, sorted by name. */
export function readRooms(root: string): Room[] {
  return listFiles(root, 'src')
    .filter((path) => path.endsWith('/tsconfig.json'))
    .map((path) => readRoom(root, dirname(path)));
}

function readRoom(root: string, directory: string): Room {
  // Our tsconfig files are strict JSON; this parse failing is how a comment in one is noticed.
  const config = JSON.parse(readFileSync(join(root, directory, 'tsconfig.json'), 'utf8')) as {
    references?: { path: string }[];
  };
  const imports = (config.references ?? []).map(({ path }) => relative('src', normalize(join(directory, path))));
  return { name: relative('src', directory), imports: imports.sort() };
}

/** The room that a file below src/ belongs to: the innermost one around it. */
export function roomOf(rooms: readonly Room[], path: string): Room | undefined {
  return rooms
    .filter((room) => path.startsWith(`src/${room.name}/`))
    .sort((a, b) => b.name.length - a.name.length)
    .at(0);
}

/** What is wrong with the map in ARCHITECTURE.md, as sentences; empty when it is fresh and complete. */
export function mapProblems(map: string, rooms: readonly Room[]): string[] {
  const expected = withGraph(map, rooms);
  const problems = rooms
    .filter((room) => !map.includes(`| \`src/${room.name}/\` |`))
    .map((room) => `ARCHITECTURE.md: the map has no row for src/${room.name}/`);
  if (expected === undefined) problems.push(`ARCHITECTURE.md: the markers ${BEGIN} and ${END} are missing`);
  else if (expected !== map) problems.push('ARCHITECTURE.md: the room graph is stale; run npx tsx scripts/rooms.ts');
  return problems;
}

/** `map` with the graph between its markers made anew; undefined when it has no markers. */
export function withGraph(map: string, rooms: readonly Room[]): string | undefined {
  const begin = map.indexOf(BEGIN);
  const end = map.indexOf(END);
  if (begin < 0 || end < begin) return undefined;
  return `${map.slice(0, begin + BEGIN.length)}\n\n${renderGraph(rooms)}\n\n${map.slice(end)}`;
}

function renderGraph(rooms: readonly Room[]): string {
  const rows = rooms.map((room) => `| ${room.name} | ${room.imports.join(', ') || 'nothing'} |`);
  const table = ['| room | may import |', '|---|---|', ...rows];
  const diagram = ['```mermaid', 'graph BT', ...rooms.flatMap((room) => arrowsOf(room, rooms)), '```'];
  return [...table, '', 'Drawn without the arrows that follow from others:', '', ...diagram].join('\n');
}

/** A room's arrows, less those to rooms that another of its imports leads to anyway. */
function arrowsOf(room: Room, rooms: readonly Room[]): string[] {
  const implied = new Set(room.imports.flatMap((name) => reachable(name, rooms)));
  const drawn = room.imports.filter((name) => !implied.has(name));
  return [`  ${nodeOf(room.name)}`, ...drawn.map((name) => `  ${idOf(room.name)} --> ${idOf(name)}`)];
}

function reachable(name: string, rooms: readonly Room[], seen = new Set<string>()): string[] {
  for (const next of rooms.find((room) => room.name === name)?.imports ?? []) {
    if (!seen.has(next)) reachable(next, rooms, seen.add(next));
  }
  return [...seen];
}

function nodeOf(name: string): string {
  return `${idOf(name)}["${name}"]`;
}

function idOf(name: string): string {
  return name.replaceAll('/', '_');
}

/** The state of this project's own map. */
export function ownMapProblems(): string[] {
  return mapProblems(readFileSync(join(ROOT, 'ARCHITECTURE.md'), 'utf8'), readRooms(ROOT));
}

/** Write the graph into this project's own map. */
export function refreshOwnMap(): void {
  const path = join(ROOT, 'ARCHITECTURE.md');
  const fresh = withGraph(readFileSync(path, 'utf8'), readRooms(ROOT));
  if (fresh !== undefined) writeFileSync(path, fresh);
}

function main(): void {
  if (!process.argv.includes('--check')) refreshOwnMap();
  const problems = ownMapProblems();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

if (process.argv[1] === import.meta.filename) main();
