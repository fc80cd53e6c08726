/** What a node says of itself in CLUSTER NODES: its identifier and its slots, and whether slots come or go. */
export interface NodeView {
  readonly text: string;
  readonly slotCount: number;
  readonly isMoving: boolean;
}

export const clusterSlotCount = 16_384;

/** https://redis.io/docs/latest/commands/cluster-nodes/ */
export function nodeViewOf(clusterNodes: string): NodeView {
  const own = clusterNodes.split('\n').find((line) => /^\S+ \S+ \S*\bmyself\b/.test(line)) ?? '';
  const [id = '', ...fields] = own.trim().split(' ');
  // id address flags primary ping pong epoch link slot slot …
  const slots = fields.slice(7);
  return {
    text: `${id} ${slots.join(' ')}`,
    slotCount: slots.reduce((sum, range) => sum + slotsIn(range), 0),
    isMoving: slots.some((range) => range.startsWith('[')),
  };
}

function slotsIn(range: string): number {
  const [, from, to = from] = /^([0-9]+)(?:-([0-9]+))?$/.exec(range) ?? [];
  return from === undefined ? 0 : Number(to) - Number(from) + 1;
}
