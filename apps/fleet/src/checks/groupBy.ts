/** Each group in the order of `items`. */
export function groupBy<Key, Item>(
  items: Iterable<Item>,
  keyOf: (item: Item) => Key,
): ReadonlyMap<Key, readonly Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

export function byDevice<Item extends { readonly device: number }>(
  items: Iterable<Item>,
): ReadonlyMap<number, readonly Item[]> {
  return groupBy(items, ({ device }) => device);
}
