import {
  adapterConformance,
  type AdapterConformanceOptions,
  type AdapterConformanceReport,
} from '@pass-dcr/conformance';
import { expect } from 'vitest';

type Offers = Omit<AdapterConformanceOptions, 'it' | 'expect'>;

export interface CollectedSuite {
  readonly report: AdapterConformanceReport;
  readonly skipped: readonly string[];
  /** What a case fails with; `undefined` if it passes. */
  readonly run: (name: string) => Promise<unknown>;
}

/** The suite outside the runner, because a test of it wants to see its cases fail. */
export function collectSuite(offers: Offers): CollectedSuite {
  const cases = new Map<string, () => Promise<void>>();
  const skipped: string[] = [];
  const it = Object.assign((name: string, test: () => Promise<void>) => cases.set(name, test), {
    skip: (name: string) => skipped.push(name),
  });
  const report = adapterConformance({ it, expect, ...offers });
  return {
    report,
    skipped,
    async run(name) {
      const test = cases.get(name);
      if (test === undefined) throw new Error(`there is no case ${JSON.stringify(name)}`);
      try {
        await test();
        return undefined;
      } catch (error) {
        return error ?? 'nothing';
      }
    },
  };
}
