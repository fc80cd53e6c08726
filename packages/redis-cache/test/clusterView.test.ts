import { describe, expect, it } from 'vitest';
import { nodeViewOf } from '../src/clusterView.js';

const nodes = (
  own: string,
): string => `07c37df 127.0.0.1:30004@31004,host slave e7d1eec 0 1426238317239 4 connected
e7d1eec 127.0.0.1:30001@31001 ${own}
67ed2db 127.0.0.1:30002@31002 master - 0 1426238316232 2 connected 5461-10922
`;

describe('what a node says of itself', () => {
  it.each([
    [
      'its slots',
      'myself,master - 0 0 1 connected 0-5460',
      { text: 'e7d1eec 0-5460', slotCount: 5461, isMoving: false },
    ],
    [
      'ranges and single slots',
      'myself,master - 0 0 1 connected 0-9 12 14-15',
      { text: 'e7d1eec 0-9 12 14-15', slotCount: 13, isMoving: false },
    ],
    [
      'a slot that goes',
      'myself,master - 0 0 1 connected 0-9 [3->-67ed2db]',
      { text: 'e7d1eec 0-9 [3->-67ed2db]', slotCount: 10, isMoving: true },
    ],
    [
      'a slot that comes',
      'myself,master - 0 0 1 connected 0-9 [77-<-67ed2db]',
      { text: 'e7d1eec 0-9 [77-<-67ed2db]', slotCount: 10, isMoving: true },
    ],
    ['no slots', 'myself,master - 0 0 1 connected', { text: 'e7d1eec ', slotCount: 0, isMoving: false }],
  ])('%s', (_name, own, view) => {
    expect(nodeViewOf(nodes(own))).toEqual(view);
  });

  it('is nothing where it says nothing', () => {
    expect(nodeViewOf('')).toEqual({ text: ' ', slotCount: 0, isMoving: false });
  });
});
