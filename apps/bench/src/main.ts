// What the hot path costs, as ratios to a baseline of the same run. `--quick` leaves the large sizes out, `--million` keeps
// the largest in, however slow the machine; `--gate` makes every missed target an exit code of 1, not only a wrong count.
// `--counts`: as few rounds as run every line, for the counts; the times then mean nothing.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Footprint } from './memory.js';
import { memorySection, type FootprintPair } from './memorySection.js';
import { printChecks, printSection, type Check, type Section } from './report.js';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
    million: { type: 'boolean', default: false },
    counts: { type: 'boolean', default: false },
  },
});
const { gate } = options;
const quick = options.quick || options.counts;
const rounds = (all: number, few: number): number => (options.counts ? 3 : quick ? few : all);
/** The default run shall end within four minutes; the rest of it takes about one. */
const mostSeconds = 150;
const started = performance.now();
const checks: Check[] = [];

console.log(machine());
show(await measured<Section>('bursts', 0));
show(await measured<Section>('awaitedHit', rounds(100, 30)));
show(await measured<Section>('synchronousHit', rounds(200, 60)));
show(await measured<Section>('expressRouter', rounds(150, 60)));
show(await measured<Section>('expressRouterHeaders', rounds(150, 60)));
show(await measured<Section>('koaMiddleware', rounds(150, 60)));
// It has no counts.
if (!options.counts) show(await measured<Section>('upstreamCalls', quick ? 5 : 15));
const pairs = [await footprints(options.counts ? 1_000 : 10_000)];
if (!quick) {
  const smaller = await footprints(100_000);
  pairs.push(smaller);
  const secondsOfMillion = smaller.pool.fillMs / 100;
  if (options.million || secondsOfMillion <= mostSeconds) pairs.push(await footprints(1_000_000));
  else
    console.log(
      `\nA million devices would take ${secondsOfMillion.toFixed(0)} s to register here; left out, unless with --million.`,
    );
}
show(memorySection(pairs));

const missed = checks.filter(({ passed }) => !passed);
const wrong = missed.filter(({ kind }) => kind === 'count');
console.log(
  `\n${checks.length - missed.length} of ${checks.length} targets met, ${wrong.length} counts wrong, ` +
    `${((performance.now() - started) / 1_000).toFixed(0)} s`,
);
process.exitCode = wrong.length > 0 || (gate && missed.length > 0) ? 1 : 0;

async function footprints(devices: number): Promise<FootprintPair> {
  const pool = await measured<Footprint>('poolFootprint', devices);
  return { pool, map: await measured<Footprint>('mapFootprint', devices) };
}

function show(section: Section): void {
  if (options.counts) return showCounts(section);
  printSection(section);
  checks.push(...section.checks);
}

function showCounts(section: Section): void {
  const counts = section.checks.filter(({ kind }) => kind === 'count');
  printChecks(counts);
  checks.push(...counts);
}

async function measured<Found>(name: string, size: number): Promise<Found> {
  const child = fork(fileURLToPath(new URL('measure.js', import.meta.url)), [name, String(size)], {
    // The young generation has its full size from the start: that it grows while devices register is no cost of theirs.
    execArgv: ['--expose-gc', '--max-old-space-size=12288', '--min-semi-space-size=16'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  let found: unknown;
  child.once('message', (message) => {
    found = message;
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0 && found !== undefined) return found as Found;
  throw new Error(`the measurement ${name} ended with code ${code}`);
}

function machine(): string {
  const processors = cpus();
  const versions = [
    'google-auth-library',
    '@azure/core-rest-pipeline',
    '@azure/msal-node',
    'express',
    'koa',
  ].map((name) => `${name} ${versionOf(name)}`);
  return [
    `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${processors.length} × ${processors[0]?.model ?? 'unknown'}`,
    versions.join(', '),
  ].join('\n');
}

/** Not every package exports its package.json, so it is looked for where the package was found. */
function versionOf(name: string): string {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const folder of folders) {
    try {
      const manifest = JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')) as {
        version: string;
      };
      return manifest.version;
    } catch {
      continue;
    }
  }
  return 'of unknown version';
}
