/** The one of `names` that `name` most likely is a misspelling of; `undefined` if none is near. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  if (name.length > 60) return undefined;
  let nearest: string | undefined;
  let least = Infinity;
  for (const candidate of names) {
    const distance = distanceOf(name.toLowerCase(), candidate.toLowerCase());
    const most = Math.min(candidate.length - 1, Math.max(2, Math.floor(candidate.length / 3)));
    if (distance < least && distance <= most) [nearest, least] = [candidate, distance];
  }
  return nearest;
}

/** Levenshtein's. */
function distanceOf(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const kept = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(kept, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
