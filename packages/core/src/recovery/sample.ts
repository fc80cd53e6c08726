/** Evenly spread over the keys, which are in the order of their last use, from a random beginning. */
export function sample(keys: readonly string[], size: number, random: () => number): readonly string[] {
  const stride = keys.length / size;
  if (stride <= 1) return keys;
  const start = random() * stride;
  return keys.filter(
    (_, index) => Math.floor((index - start) / stride) !== Math.floor((index - 1 - start) / stride),
  );
}
