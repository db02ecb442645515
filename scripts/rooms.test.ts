import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './files.ts';
import { mapProblems, type Room, readRooms, roomOf, withGraph } from './rooms.ts';
import { runTool } from './run-tool.ts';

const ROOMS: Room[] = [
  { name: 'adapters/disk', imports: ['app', 'core'] },
  { name: 'app', imports: ['core'] },
  { name: 'core', imports: [] },
];
const MAP_ROWS = ROOMS.map((room) => `| \`src/${room.name}/\` | something |\n`).join('');

/** A project of the rooms `lower` and `upper`, with this project's compiler settings; `upper` may import `lower`. */
function setup(sources: { lower: string; upper: string }): string {
  const root = mkdtempSync(join(tmpdir(), 'rooms-'));
  cpSync(join(ROOT, 'tsconfig.base.json'), join(root, 'tsconfig.base.json'));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ type: 'module' }));
  writeRoom(root, 'lower', sources.lower, []);
  writeRoom(root, 'upper', sources.upper, [{ path: '../lower' }]);
  return root;
}

function writeRoom(root: string, name: string, source: string, references: { path: string }[]): void {
  const directory = join(root, 'src', name);
  mkdirSync(directory, { recursive: true });
  const compilerOptions = { rootDir: '../../src', outDir: '../../dist' };
  const config = { extends: '../../tsconfig.base.json', compilerOptions, include: ['**/*.ts'], references };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  writeFileSync(join(directory, 'index.ts'), source);
}

test('an import of a room that is listed compiles', async () => {
  const root = setup({
    lower: 'export const depth: number = 1;\n',
    upper: "import { depth } from '../lower/index.ts';\nexport const height: number = depth + 1;\n",
  });

  const result = await runTool('tsc', ['-b', 'src/lower', 'src/upper'], root);

  expect(result).toEqual({ ok: true, output: '' });
});

test.each([
  ['static', "import { height } from '../upper/index.ts';\nexport const depth: number = height;\n"],
  ['type-only', "import type { height } from '../upper/index.ts';\nexport type Depth = typeof height;\n"],
  ['lazy', "export const load = (): Promise<unknown> => import('../upper/index.ts');\n"],
])('a %s import of a room that is not listed is a compile error', async (_kind, lower) => {
  const root = setup({ lower, upper: 'export const height: number = 2;\n' });

  const { ok, output } = await runTool('tsc', ['-b', 'src/lower', 'src/upper'], root);

  expect(ok).toBe(false);
  expect(output).toContain('src/lower/index.ts');
  expect(output).toContain('TS6307');
});

test('every room of this project extends the settings that make the rule hold', async () => {
  for (const room of readRooms(ROOT)) {
    const { output } = await runTool('tsc', ['-p', join(ROOT, 'src', room.name), '--showConfig']);
    const { compilerOptions } = JSON.parse(output) as { compilerOptions: { composite?: boolean; strict?: boolean } };
    expect({ room: room.name, composite: compilerOptions.composite, strict: compilerOptions.strict }).toEqual({
      room: room.name,
      composite: true,
      strict: true,
    });
  }
});

test('a file belongs to the innermost room around it', () => {
  const rooms = [...ROOMS, { name: 'adapters', imports: [] }];

  expect(roomOf(rooms, 'src/adapters/disk/write.ts')?.name).toBe('adapters/disk');
  expect(roomOf(rooms, 'src/adapters/write.ts')?.name).toBe('adapters');
  expect(roomOf(rooms, 'scripts/rooms.ts')).toBeUndefined();
});

test('a map is fresh once its graph is written, and stale when a room may import something else', () => {
  const map = withGraph(`${MAP_ROWS}<!-- rooms:begin --><!-- rooms:end -->\n`, ROOMS) ?? '';

  expect(mapProblems(map, ROOMS)).toEqual([]);
  expect(mapProblems(map, [{ name: 'adapters/disk', imports: ['core'] }, ...ROOMS.slice(1)])).toEqual([
    'ARCHITECTURE.md: the room graph is stale; run npx tsx scripts/rooms.ts',
  ]);
});

test('the diagram leaves out what follows from other arrows, the table does not', () => {
  const map = withGraph('<!-- rooms:begin --><!-- rooms:end -->', ROOMS) ?? '';

  expect(map).toContain('| adapters/disk | app, core |');
  expect(map).toContain('adapters_disk --> app');
  expect(map).not.toContain('adapters_disk --> core');
});

test('a room without a row in the map and a map without markers are both told', () => {
  expect(mapProblems(MAP_ROWS.replace('`src/app/`', '`src/elsewhere/`'), ROOMS)).toEqual([
    'ARCHITECTURE.md: the map has no row for src/app/',
    'ARCHITECTURE.md: the markers <!-- rooms:begin --> and <!-- rooms:end --> are missing',
  ]);
});
