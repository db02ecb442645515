#!/usr/bin/env node
// What one more package in the index costs: rendered as a whole each time, and piece by piece.
//   node bench/publish.mjs [--packages 20000] [--rounds 20] [--each 10]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createIndexWriter } from '../dist/adapters/binhost/index-writer.js';
import { renderPackagesIndex } from '../dist/portage/packages-index.js';

const { values } = parseArgs({
  options: {
    packages: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '20' },
    each: { type: 'string', default: '10' },
  },
});
const [PACKAGES, ROUNDS, EACH] = [values.packages, values.rounds, values.each].map(Number);
const dir = mkdtempSync(join(tmpdir(), 'bench-publish-'));
const size = Math.floor(PACKAGES / 10);

const whole = await measure('whole', PACKAGES);
const pieces = await measure('pieces', PACKAGES);
const piecesOfTenth = await measure('pieces', size);
rmSync(dir, { recursive: true });
console.log(JSON.stringify({
  bench: 'publish', packages: PACKAGES, added_each_time: EACH,
  whole, pieces, [`pieces_at_${size}`]: piecesOfTenth,
  cpu_whole_over_pieces: round(whole.cpu_ms / pieces.cpu_ms),
  cpu_growth_for_ten_times_the_packages: round(pieces.cpu_ms / piecesOfTenth.cpu_ms),
}));

/** CPU and elapsed milliseconds of one publication. */
async function measure(how, packageCount) {
  const blocks = Array.from({ length: packageCount }, (_, number) => block(number));
  const publish = how === 'whole' ? publishWhole(blocks) : await publishPieces(blocks);
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  for (let index = 0; index < ROUNDS; index += 1)
    await publish(Array.from({ length: EACH }, (_, number) => block(packageCount + index * EACH + number)));
  const { user, system } = process.cpuUsage(cpu);
  return { cpu_ms: round((user + system) / 1000 / ROUNDS), elapsed_ms: round((performance.now() - startedAt) / ROUNDS) };
}

function publishWhole(blocks) {
  return async (added) => {
    blocks.push(...added);
    const plain = Buffer.from(renderPackagesIndex({ TIMESTAMP: '1', VERSION: '0' }, blocks));
    writeFileSync(join(dir, 'Packages'), plain, { flush: true });
    writeFileSync(join(dir, 'Packages.gz'), gzipSync(plain), { flush: true });
  };
}

async function publishPieces(blocks) {
  const writer = await createIndexWriter(dir);
  await writer.write(blocks, 0);
  return (added) => writer.add(added, 0);
}

/** Names that lie anywhere in the order, and about what Portage says of a package. */
function block(number) {
  const name = `p${((number * 2_654_435_761) % 2 ** 32).toString(36)}`;
  const category = ['app-misc', 'dev-libs', 'dev-python', 'kde-apps', 'sys-apps', 'x11-libs'][number % 6];
  return {
    BUILD_ID: '1', BUILD_TIME: String(1_790_000_000 + number), CPV: `${category}/${name}-1.2.${number % 30}`, DEFINED_PHASES: 'compile configure install',
    EAPI: '8', IUSE: 'debug doc nls static-libs test', KEYWORDS: '~amd64 amd64 arm64', LICENSE: 'GPL-2+',
    MD5: hex(number, 32), MTIME: String(1_790_000_100 + number), PATH: `${category}/${name}/${name}-1.2.${number % 30}-1.gpkg.tar`,
    RDEPEND: '>=dev-libs/glib-2.76:2= sys-libs/zlib:0/1= virtual/libintl', REPO: 'gentoo', SHA1: hex(number * 7, 40), SIZE: String(10_000 + number),
    SLOT: '0', USE: 'amd64 elibc_glibc kernel_linux nls userland_GNU',
  };
}

function hex(number, length) {
  let text = '';
  for (let state = number + 1; text.length < length; state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) text += state.toString(16);
  return text.slice(0, length);
}

function round(value) {
  return Math.round(value * 100) / 100;
}
