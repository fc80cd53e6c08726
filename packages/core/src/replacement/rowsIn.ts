/** The lists in a list; what is none is left out: these records are notes, not credentials. */
export function rowsIn(value: unknown): readonly (readonly unknown[])[] {
  if (!Array.isArray(value)) return [];
  const items: readonly unknown[] = value;
  return items.filter((item): item is readonly unknown[] => Array.isArray(item));
}

/** The first so many, if all are finite and at least 0. */
export function numbersIn(items: readonly unknown[], count: number): readonly number[] | null {
  const numbers = items.slice(0, count);
  const isNumber = (item: unknown): item is number =>
    typeof item === 'number' && Number.isFinite(item) && item >= 0;
  return numbers.length === count && numbers.every(isNumber) ? numbers : null;
}

/** The members of an object, or none. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
