/**
 * What a run says last of what it did not do, and why.
 * @param {{ tests: readonly import('./LeftOut.ts').LeftOutTests[], steps: readonly string[], reason: string | undefined }} leftOut
 * @returns {string[]}
 */
export function leftOutLines({ tests, steps, reason }) {
  /** @type {Map<string, number>} */
  const byFile = new Map();
  for (const { file, tests: count } of tests) byFile.set(file, (byFile.get(file) ?? 0) + count);
  const files = [...byFile].map(([file, count]) => `${file} (${count} ${count === 1 ? 'test' : 'tests'})`);
  const all = [...files, ...steps];
  if (all.length === 0) return [];
  return [reason === undefined ? 'Left out:' : `Left out, as ${reason}`, ...all.map((each) => `  ${each}`)];
}
