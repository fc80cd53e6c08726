import { describe, expect, it } from 'vitest';
import { needsRedis, redisMissing } from '@pass-dcr/redis-kit';

/** What becomes of a group of tests. */
function outcomeWith(env: Readonly<Record<string, string>>): readonly string[] {
  const outcome: string[] = [];
  const runner = Object.assign((name: string) => outcome.push('run', name), {
    skip: (name: string) => outcome.push('skip', name),
  });
  needsRedis(runner, env)('the cache', () => {});
  return outcome;
}

describe('needsRedis', () => {
  it('runs tests where there is a server', () => {
    expect(outcomeWith({ REDIS_SERVER: process.execPath })).toEqual(['run', 'the cache']);
  });

  it('skips them with the reason where there is none', () => {
    expect(outcomeWith({ PATH: '/nowhere' })).toEqual(['skip', `the cache (${redisMissing})`]);
  });

  it('runs them in CI, where they fail without a server', () => {
    expect(outcomeWith({ PATH: '/nowhere', CI: 'true' })).toEqual(['run', 'the cache']);
  });
});
