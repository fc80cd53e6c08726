/** The smallest of `values` that at least this part of them does not exceed; 0 for none. */
export function quantile(values: readonly number[], part: number): number {
  const inOrder = values.toSorted((a, b) => a - b);
  return inOrder[Math.min(inOrder.length - 1, Math.max(0, Math.ceil(part * inOrder.length) - 1))] ?? 0;
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
