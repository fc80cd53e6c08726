import type { Footprint } from './memory.js';
import { atMost, number, ratio, type Check, type Section } from './report.js';

export interface FootprintPair {
  readonly pool: Footprint;
  readonly map: Footprint;
}

/** Bytes for each device, and the hit among that many, beside a Map that holds nothing but the tokens. */
export function memorySection(pairs: readonly FootprintPair[]): Section {
  return {
    title: 'Memory: bytes per device, random tokens of 900 characters, one process each',
    columns: [
      'devices',
      'RSS',
      'heap',
      'bare Map RSS',
      'bare Map heap',
      'hit ns',
      'bare Map ns',
      'hit to Map',
      'A/A',
    ],
    rows: pairs.map(({ pool, map }) => {
      const [bare = noTiming, same = noTiming, hit = noTiming] = pool.hits;
      return [
        number(pool.devices),
        number(pool.rss),
        number(pool.heap),
        number(map.rss),
        number(map.heap),
        number(hit.ns),
        number(bare.ns),
        ratio(hit.ratio),
        ratio(same.ratio),
      ];
    }),
    // Small heaps say little of what a device takes: the fixed parts of a heap and of a Map vary by more than that.
    checks: pairs.flatMap(({ pool }) => (pool.devices >= 100_000 ? checksOf(pool) : [])),
    notes: pairs.map(
      ({ pool }) => `${number(pool.devices)} devices were registered in ${number(pool.fillMs / 1_000)} s.`,
    ),
  };
}

const noTiming = { ns: Number.NaN, ratio: Number.NaN };

function checksOf(pool: Footprint): Check[] {
  const hit = pool.hits[2]?.ratio ?? Number.NaN;
  return [
    atMost(`RSS per device at ${number(pool.devices)} ≤ 1 300 B`, pool.rss, 1_300, `${number(pool.rss)} B`),
    atMost(`hit at ${number(pool.devices)} ≤ 3 × a bare Map of that size`, hit, 3, ratio(hit)),
  ];
}
