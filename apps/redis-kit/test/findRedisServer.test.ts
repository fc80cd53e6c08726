import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRedisServer } from '@pass-dcr/redis-kit';

describe('findRedisServer', () => {
  let folder: string;
  const path = (...names: string[]): string => join(folder, ...names);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pass-dcr-find-'));
    for (const [name, mode] of [
      ['redis/redis-server', 0o755],
      ['valkey/valkey-server', 0o755],
      ['plain/redis-server', 0o644],
      ['named/redis-7', 0o755],
    ] as const) {
      mkdirSync(join(folder, name, '..'), { recursive: true });
      writeFileSync(path(name), '');
      chmodSync(path(name), mode);
    }
    mkdirSync(path('folders/redis-server'), { recursive: true });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  const onPath = (...folders: string[]): string => folders.map((each) => path(each)).join(delimiter);

  it.each([
    ['redis-server before valkey-server', ['valkey', 'redis'], 'redis/redis-server'],
    ['valkey-server where there is no other', ['named', 'valkey'], 'valkey/valkey-server'],
    [
      'no file that cannot be run, and no folder',
      ['plain', 'folders', 'valkey', 'redis'],
      'redis/redis-server',
    ],
    ['nothing where nothing is', ['named', 'plain'], undefined],
  ])('finds %s', (_what, folders, expected) => {
    expect(findRedisServer({ PATH: onPath(...folders) })).toBe(expected && path(expected));
  });

  it('takes REDIS_SERVER before everything on PATH, as a path or a name', () => {
    const PATH = onPath('redis', 'named');
    const expected = path('named/redis-7');
    expect(findRedisServer({ PATH, REDIS_SERVER: expected })).toBe(expected);
    expect(findRedisServer({ PATH, REDIS_SERVER: 'redis-7' })).toBe(expected);
  });

  it('takes no other server than the one in REDIS_SERVER', () => {
    const env = { PATH: onPath('redis'), REDIS_SERVER: '/nowhere/redis-server' };
    expect(() => findRedisServer(env)).toThrow(
      'REDIS_SERVER must be the path or name of a Redis or Valkey server that can be run, received "/nowhere/redis-server"',
    );
  });

  it('takes an empty REDIS_SERVER for none', () => {
    expect(findRedisServer({ PATH: onPath('redis'), REDIS_SERVER: ' ' })).toBe(path('redis/redis-server'));
  });

  it('finds nothing without a PATH', () => {
    expect(findRedisServer({})).toBeUndefined();
  });
});
