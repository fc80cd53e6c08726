import {
  cacheConformance,
  type CacheConformanceOptions,
  type CacheConformanceReport,
} from '@pass-dcr/conformance';
import { expect } from 'vitest';

type Offers = Omit<CacheConformanceOptions, 'it' | 'expect'>;

export interface SuiteRun {
  readonly report: CacheConformanceReport;
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
}

/** Runs the suite, or one case of it, outside the runner, because a test of it wants to see its cases fail. */
export async function runSuite(offers: Offers, only?: string): Promise<SuiteRun> {
  const cases: [name: string, test: () => Promise<void>][] = [];
  const skipped: string[] = [];
  const it = Object.assign((name: string, test: () => Promise<void>) => cases.push([name, test]), {
    skip: (name: string) => skipped.push(name),
  });
  const report = cacheConformance({ it, expect, ...offers });
  const failed: string[] = [];
  for (const [name, test] of cases) {
    if (only !== undefined && name !== only) continue;
    await test().catch(() => failed.push(name));
  }
  return { report, failed, skipped };
}
