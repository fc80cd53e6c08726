import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { needsRedis, startRedis } from '../../redis-kit/src/index.js';
import { ServiceProgram } from '../src/ServiceProgram.js';

const program = new URL('program.mjs', import.meta.url);

function run(change: Readonly<Record<string, string>> = {}): ServiceProgram {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-example-suite-'));
  const service = new ServiceProgram(program, {
    PASS_ENVIRONMENT: 'release-staging',
    PASS_SOFTWARE_STATEMENT: 'a.b.c',
    PASS_SERVICE_PROVIDER: 'REF30',
    PASS_APPLICATION: 'tv',
    PASS_SECRET: 'cache-secret-of-the-test-0123456789-0123456789',
    PASS_CACHE_PATH: join(folder, 'cache'),
    DEVICE_TOKEN_SECRET: 'device-token-secret-of-the-test-0123456789',
    ...change,
  });
  onTestFinished(async () => {
    service.kill('SIGKILL');
    await service.exit;
    rmSync(folder, { recursive: true, force: true });
  });
  return service;
}

describe('runProgram', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('ends with code 0 on %s', async (signal) => {
    const service = run();
    await service.url();
    service.kill(signal);
    expect(await service.exit).toBe(0);
    expect(service.output).toMatch(/"stopping"[^]*"stopped"/);
  });

  it('ends with code 1 where the app does not close in time', async () => {
    const service = run({ NEVER_CLOSES: '1', SHUTDOWN_LIMIT_MS: '100' });
    await service.url();
    service.kill('SIGTERM');
    expect(await service.exit).toBe(1);
    expect(service.output).toContain('requests did not end in time');
    expect(service.output).not.toContain('"stopped"');
  });

  it('ends with code 1 and says what is wrong with an incomplete environment', async () => {
    const service = run({ PASS_SECRET: '', DEVICE_TOKEN_SECRET: 'short' });
    expect(await service.exit).toBe(1);
    expect(service.output).toMatch(/PASS_SECRET is not set.*DEVICE_TOKEN_SECRET has 5 characters/);
  });
});

needsRedis(describe)('runProgram with Redis', () => {
  const password = 'password-of-redis';
  const withRedis = (port: number, given = password): Readonly<Record<string, string>> => ({
    PASS_CACHE_PATH: '',
    REDIS_URL: `redis://:${given}@127.0.0.1:${port}`,
  });

  it('closes its connection at the end, and shows no password', async () => {
    const redis = await startRedis({ config: { requirepass: password } });
    onTestFinished(async () => await redis.stop());
    const service = run(withRedis(redis.port));
    await vi.waitFor(() => expect(service.output).toContain('"connected to Redis"'), 5_000);
    service.kill('SIGTERM');
    expect(await service.exit).toBe(0);
    expect(service.output).not.toContain(password);
    const clients = String(await redis.command('CLIENT', 'LIST', 'TYPE', 'normal'));
    expect(clients.trim().split('\n')).toEqual([expect.stringContaining('name=pass-dcr-kit')]);
  });

  it('starts without Redis, says so, and finds it when it is there', async () => {
    const redis = await startRedis({ config: { requirepass: password } });
    onTestFinished(async () => await redis.stop());
    await redis.kill();
    const service = run(withRedis(redis.port));
    await service.url();
    await vi.waitFor(() => expect(service.output).toContain('"no connection to Redis"'), 5_000);
    await redis.restart();
    await vi.waitFor(() => expect(service.output).toContain('"connected to Redis"'), 10_000);
    service.kill('SIGTERM');
    expect(await service.exit).toBe(0);
    expect(service.output).not.toContain(password);
  });

  it('shows no password that Redis refuses', async () => {
    const redis = await startRedis({ config: { requirepass: password } });
    onTestFinished(async () => await redis.stop());
    const service = run(withRedis(redis.port, 'another-password'));
    await vi.waitFor(() => expect(service.output).toContain('WRONGPASS'), 5_000);
    service.kill('SIGTERM');
    expect(await service.exit).toBe(0);
    expect(service.output).not.toContain('another-password');
  });
});
