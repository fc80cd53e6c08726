import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ServiceProgram } from '../src/testing/ServiceProgram.js';

const program = new URL('program.mjs', import.meta.url);

function run(change: Readonly<Record<string, string>> = {}): ServiceProgram {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-example-kit-'));
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
