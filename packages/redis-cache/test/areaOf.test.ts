import { needsRedis, startCluster, type Cluster } from '@pass-dcr/redis-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areaOf, clusterAreas } from '../src/areaOf.js';

needsRedis(describe)('the part of a Cluster that holds a key', () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ primaries: 1 });
  });
  afterAll(async () => {
    await cluster.stop();
  });

  it.each([
    'pass-dcr:1:release-production:tv:meta',
    'pass-dcr:1:release-production:tv:{AbC-_0123456789abcdef}:c',
    'pass-dcr:1:release-production:tv:{AbC-_0123456789abcdef}:t',
    '{}empty',
    'no{close',
    '}{x}',
    '{{x}}',
    'a{b}{c}',
    '123456789',
  ])('has the slot of %s', async (key) => {
    const slots = 16_384 / clusterAreas;
    expect(areaOf(key)).toBe(Math.floor((await cluster.slotOf(key)) / slots));
  });
});
