import type { CacheFinding } from '@pass-dcr/core';

/** The findings of many primaries, each once for all that have it in the same words. */
export function mergeFindings(ofPrimaries: readonly (readonly CacheFinding[])[]): readonly CacheFinding[] {
  const count = ofPrimaries.length;
  if (count === 1) return ofPrimaries.flat();
  const merged = new Map<string, { readonly finding: CacheFinding; times: number }>();
  for (const finding of ofPrimaries.flat()) {
    const key = `${finding.level} ${finding.code}`;
    const found = merged.get(key);
    if (found === undefined) merged.set(key, { finding, times: 1 });
    else found.times += 1;
  }
  return Array.from(merged.values(), ({ finding, times }) => ({
    ...finding,
    message: `${times === count ? `All ${count}` : `${times} of ${count}`} primaries: ${finding.message}`,
  }));
}
