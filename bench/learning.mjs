#!/usr/bin/env node
// How near the learned durations come to what builds really take, by how often a package was built before.
//   node bench/learning.mjs [--packages 1500] [--builds 10] [--seed 1] [--outliers 0] [--workload FILE]
// Synthetic history: log-normal durations by category and source size, five drones whose speed is not what their cores
// let expect, every build disturbed by noise. FILE ({"packages": [{"cpv", "seconds"}]}) gives real durations instead.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { speedOf } from '../dist/core/learning/drone-speed.js';
import { estimateDuration } from '../dist/core/learning/duration.js';
import { knowledgeFrom, learn } from '../dist/core/learning/learn.js';

const { values } = parseArgs({
  options: {
    packages: { type: 'string', default: '1500' },
    /** Builds of each package that the estimates are held against. */
    builds: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    /** Share of builds that take ten times as long. */
    outliers: { type: 'string', default: '0' },
    workload: { type: 'string', default: '' },
  },
});
const [PACKAGES, BUILDS, SEED, OUTLIERS] = [values.packages, values.builds, values.seed, values.outliers].map(Number);
const HOUR_MS = 3_600_000;
const SEEN = [0, 1, 2, 5, 20];
const CATEGORIES = 20;
/** What the machine is beyond its cores: 1.5 takes half as long again. */
const FLEET = [[16, 1.5], [8, 1], [8, 0.7], [14, 1.2], [24, 0.8]].map(([cores, lag], index) => ({ droneId: `drone-${index}`, coresPerBuild: cores, slowness: lag * (0.2 + (0.8 * 8) / cores) }));
const NOISES = {
  'uniform 0.5 to 1.5': (rng) => 0.5 + rng(),
  'log-normal, sigma 0.3': (rng) => Math.exp(0.3 * normal(rng)),
  'log-normal, sigma 0.1': (rng) => Math.exp(0.1 * normal(rng)),
};

for (const [noise, draw] of Object.entries(NOISES)) {
  const rng = mulberry(SEED);
  const packages = values.workload === '' ? synthetic(rng) : real(values.workload);
  const knowledge = knowledgeFrom(historyOf(packages, { rng, draw }));
  report(noise, packages, { rng, draw, knowledge });
}
cost();

/** Durations of a factor of two about what category and size of the sources let expect. */
function synthetic(rng) {
  const categories = Array.from({ length: CATEGORIES }, () => Math.log(60) + 0.8 * normal(rng));
  return Array.from({ length: PACKAGES }, (_, index) => {
    const size = normal(rng);
    const seconds = Math.exp(categories[index % CATEGORIES] + 0.5 * size + 0.7 * normal(rng));
    return { name: `category-${index % CATEGORIES}/package-${index}`, version: '1.0', use: 'ssl', seconds, sourceBytes: Math.round(1e6 * Math.exp(size)), seen: SEEN[Math.floor(index / CATEGORIES) % SEEN.length] };
  });
}

function real(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages.map(({ cpv, seconds }, index) => {
    const [, name, version] = /^(.*?)-(\d[^-]*(?:-r\d+)?)$/.exec(cpv) ?? [cpv, cpv, '0'];
    return { name, version, use: 'ssl', seconds, sourceBytes: null, seen: SEEN[index % SEEN.length] };
  });
}

/** One build of everything that has one to come, again and again. */
function historyOf(packages, { rng, draw }) {
  const history = [];
  for (let round = 0; round < Math.max(...SEEN); round += 1)
    for (const entry of packages) if (round >= Math.max(...SEEN) - entry.seen) history.push(build(entry, { rng, draw, at: history.length * 60_000 }));
  return history;
}

function build({ name, version, use, seconds, sourceBytes }, { rng, draw, at }) {
  const { droneId, coresPerBuild, slowness } = FLEET[Math.floor(rng() * FLEET.length)];
  const outlier = rng() < OUTLIERS ? 10 : 1;
  return { kind: 'built', name, version, use, droneId, coresPerBuild, durationS: Math.max(1, seconds * slowness * draw(rng) * outlier), peakMemoryMb: null, diskMb: null, sourceBytes, at };
}

/** Estimates are made with the drone's learned slowness, and held against builds with noise but without outliers. */
function report(noise, packages, { rng, draw, knowledge }) {
  const now = 20 * PACKAGES * 60_000 + HOUR_MS;
  const rows = SEEN.map((seen) => {
    const [errors, offTruth, below, sources] = [[], [], [], new Map()];
    for (const entry of packages.filter((each) => each.seen === seen)) {
      const estimate = estimateDuration(knowledge, entry, now);
      sources.set(estimate.source, (sources.get(estimate.source) ?? 0) + 1);
      if (estimate.source === 'unknown') continue;
      offTruth.push(Math.abs(Math.log(estimate.p50S / entry.seconds)));
      for (let turn = 0; turn < BUILDS; turn += 1) {
        const drone = FLEET[Math.floor(rng() * FLEET.length)];
        const took = Math.max(1, entry.seconds * drone.slowness * draw(rng));
        const { slowness } = speedOf(knowledge, drone);
        errors.push(Math.abs(Math.log((estimate.p50S * slowness) / took)));
        below.push(took <= estimate.p90S * slowness ? 1 : 0);
      }
    }
    return { seen, packages: offTruth.length, 'error median': quantile(errors, 0.5), 'error p90': quantile(errors, 0.9), 'off truth median': quantile(offTruth, 0.5), 'off truth p90': quantile(offTruth, 0.9), 'below P90 %': 100 * mean(below), sources: [...sources].map(([source, count]) => `${source} ${count}`).join(', ') };
  });
  console.log(`\nnoise: ${noise}; |log error| against noisy builds, and against the true duration`);
  console.table(rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, typeof value === 'number' ? Math.round(value * 1000) / 1000 : value]))));
  const lags = FLEET.map((drone) => Math.log(speedOf(knowledge, drone).slowness / drone.slowness));
  const middle = quantile(lags, 0.5);
  console.log(`drone speeds, error of the factors to each other: ${lags.map((lag) => `${(100 * Math.expm1(lag - middle)).toFixed(1)} %`).join(', ')}`);
}

function cost() {
  const rng = mulberry(SEED);
  const samples = Array.from({ length: 20_000 }, (_, index) => {
    const entry = { name: `category-${index % 150}/package-${Math.floor(rng() * 4000)}`, version: `1.${Math.floor(index / 5000)}`, use: 'ssl', seconds: 60 * Math.exp(normal(rng)), sourceBytes: 1e6 * Math.exp(normal(rng)) };
    return build(entry, { rng, draw: NOISES['uniform 0.5 to 1.5'], at: index * 60_000 });
  });
  const startedAt = performance.now();
  const knowledge = knowledgeFrom(samples);
  const learnedAt = performance.now();
  for (const sample of samples) estimateDuration(knowledge, sample, sample.at);
  const estimatedAt = performance.now();
  for (const sample of samples) learn(knowledge, { ...sample, at: sample.at + HOUR_MS });
  const again = performance.now();
  console.log(JSON.stringify({ bench: 'learning', samples: samples.length, rebuild_ms: Math.round(learnedAt - startedAt), us_per_estimate: Math.round((1000 * (estimatedAt - learnedAt)) / samples.length * 10) / 10, us_per_sample_when_full: Math.round((1000 * (again - estimatedAt)) / samples.length * 10) / 10 }));
}

function quantile(list, share) {
  const sorted = list.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

function mean(list) {
  return list.reduce((sum, value) => sum + value, 0) / list.length;
}

function normal(rng) {
  return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

function mulberry(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
