import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** Tests that did not run because this machine lacks something. */
export interface LeftOutTests {
  readonly file: string;
  readonly tests: number;
  readonly reason: string;
}

/** Groups that were skipped, and say why at the end of their name: "the cache (needs …)". */
export function leftOutIn(modules: readonly TestModule[], root: string): readonly LeftOutTests[] {
  return modules.flatMap((module) =>
    [...module.children.allSuites()].flatMap((suite) => {
      const [, reason] = /\((needs [^()]+)\)$/.exec(suite.name) ?? [];
      if (reason === undefined || suite.options.mode !== 'skip') return [];
      const tests = [...suite.children.allTests()].length;
      return [{ file: relative(root, module.moduleId), tests, reason }];
    }),
  );
}

/** Leaves them in a file for the script that started the run. */
export class LeftOut implements Reporter {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  onTestRunStart(): void {
    rmSync(this.#file, { force: true });
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify(leftOutIn(modules, process.cwd())));
  }
}
