import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** From here on a file is worth a worker of its own, so that none is left to run alone at the end. */
const longMs = 8_000;
/** What a file counts for that has not run on this machine and says by its name that it takes its time. */
const unknownSlowMs = 20_000;

/**
 * Vitest takes one project after the other, so a long file of the last one would be waited for. Short files stay
 * together by project: only files of one project share a worker.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const timed = files.map((file) => ({ file, ms: this.#durationOf(file) })).toSorted((a, b) => b.ms - a.ms);
    const long = timed.filter(({ ms }) => ms >= longMs);
    const short = timed
      .filter(({ ms }) => ms < longMs)
      .toSorted((a, b) => a.file.project.name.localeCompare(b.file.project.name));
    return [...long, ...short].map(({ file }) => file);
  }

  #durationOf({ project, moduleId }: TestSpecification): number {
    const key = `${project.name}:${relative(this.ctx.config.root, moduleId)}`;
    return (
      this.ctx.cache.getFileTestResults(key)?.duration ??
      (moduleId.endsWith('.slow.test.ts') ? unknownSlowMs : 0)
    );
  }
}
