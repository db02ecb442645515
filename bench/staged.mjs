#!/usr/bin/env node
// How many packages a second are taken over that old agents have copied to the staging directory.
//   node bench/staged.mjs [--packages 5000] [--at-once 16]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBinhost } from '../dist/adapters/binhost/binhost.js';
import { openStagedPackages } from '../dist/adapters/binhost/staged-packages.js';
import { importStaged } from '../dist/app/import-staged.js';

const { values } = parseArgs({
  options: { packages: { type: 'string', default: '5000' }, 'at-once': { type: 'string', default: '16' } },
});
const [PACKAGES, AT_ONCE] = [values.packages, values['at-once']].map(Number);
const dir = mkdtempSync(join(tmpdir(), 'bench-staged-'));
const stagingDir = join(dir, 'staging');
const attempts = Array.from({ length: PACKAGES }, (_, index) => deliver(index + 1));
const binhost = await openBinhost({ publicDir: join(dir, 'binhost'), stagingDir });
// Only what lies on the disk is measured; the database has a bench of its own.
const kept = new Map();
const store = {
  findBinpkgs: async () => [],
  readArtifact: async () => undefined,
  saveArtifact: async (artifact) => Boolean(kept.set(artifact.attempt, artifact)),
};
const take = importStaged({ store, binhost, plans: { get: async () => undefined }, staged: openStagedPackages([stagingDir]) });

const taking = await measure(async (attempt) => {
  if ((await take(attempt)) !== 'verified') throw new Error(`${attempt.package} was not taken`);
});
const placing = await measure(async (attempt) => {
  if (!(await binhost.place(kept.get(attempt.id)))) throw new Error(`${attempt.package} was not placed`);
});
rmSync(dir, { recursive: true });
console.log(JSON.stringify({ bench: 'staged', packages: PACKAGES, at_once: AT_ONCE, take: taking, place: placing }));

async function measure(run) {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const queue = attempts.values();
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (const attempt of queue) await run(attempt);
  }));
  const { user, system } = process.cpuUsage(cpu);
  return {
    per_s: Math.round((PACKAGES / (performance.now() - startedAt)) * 1000),
    cpu_ms_each: Math.round((user + system) / PACKAGES) / 1000,
  };
}

/** As an agent leaves it: `cat/pn/pf-1.gpkg.tar`, 100 packages in many versions. */
function deliver(id) {
  const [category, name] = [`cat-${id % 10}`, `p${id % 100}`];
  const pf = `${name}-1.${id}`;
  mkdirSync(join(stagingDir, category, name), { recursive: true });
  writeFileSync(join(stagingDir, category, name, `${pf}-1.gpkg.tar`), gpkg(category, pf));
  return { id, droneId: 'd', droneName: 'd', package: `=${category}/${pf}`, isCurrent: true, sessionId: null, cpv: null };
}

function gpkg(category, pf) {
  const keys = { BUILD_ID: 1, BUILD_TIME: 1_790_000_000, CATEGORY: category, CHOST: 'x86_64-pc-linux-gnu', EAPI: 8, PF: pf, SLOT: 0, USE: 'amd64', repository: 'gentoo' };
  const metadata = tar(Object.entries(keys).map(([key, value]) => [`metadata/${key}`, Buffer.from(`${value}\n`)]));
  const members = [['gpkg-1', Buffer.alloc(0)], ['metadata.tar', metadata], ['image.tar', Buffer.alloc(1024)]];
  const manifest = members.map(([name, bytes]) => `DATA ${name} ${bytes.length} BLAKE2B ${digest('blake2b512', bytes)} SHA512 ${digest('sha512', bytes)}\n`).join('');
  return tar([...members, ['Manifest', Buffer.from(manifest)]].map(([name, bytes]) => [`${pf}-1/${name}`, bytes]));
}

function digest(name, bytes) {
  return createHash(name).update(bytes).digest('hex');
}

function tar(members) {
  const parts = members.flatMap(([name, bytes]) => [header(name, bytes.length), bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function header(name, size) {
  const bytes = Buffer.alloc(512);
  bytes.write(name, 0, 100);
  bytes.write('0000644\0'.padEnd(8), 100);
  bytes.write('0000000\0' + '0000000\0', 108);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0` + '15000000000\0', 124);
  bytes.write(' '.repeat(8) + '0', 148);
  bytes.write('ustar\0' + '00', 257);
  bytes.write(`${bytes.reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}
