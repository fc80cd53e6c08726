import { needsRedis, startCluster, type Cluster } from '@pass-dcr/redis-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slotOf } from '../src/slotOf.js';

needsRedis(describe)('the slot that holds a key', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ primaries: 1 });
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it.each([
    'pass-dcr:rp:tv:meta',
    'pass-dcr:rp:tv:{AbC-_0123456789abcdef}:c',
    'pass-dcr:rp:tv:{AbC-_0123456789abcdef}:t',
    '{}empty',
    'no{close',
    '}{x}',
    '{{x}}',
    'a{b}{c}',
    '123456789',
  ])('is that of Redis: %s', async (key) => {
    expect(slotOf(key)).toBe(await cluster.slotOf(key));
  });
});
