import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ServiceProgram } from './ServiceProgram.js';

/** What every example does as its operator runs it: as a built program, with the file cache, stopped by a signal. */
export function describeProgram(name: string, trustProxy: string): void {
  const program = new URL(`../../${name}-example/dist/main.js`, import.meta.url);
  describe(`the program with ${name}`, () => {
    let simulator: Simulator;
    let folder: string;
    let running: ServiceProgram[];

    beforeEach(async () => {
      simulator = await createSimulator();
      folder = await mkdtemp(join(tmpdir(), 'pass-dcr-example-'));
      running = [];
    });

    afterEach(async () => {
      for (const service of running) service.kill('SIGKILL');
      await simulator.close();
      await rm(folder, { recursive: true, force: true });
    });

    const run = (): ServiceProgram => {
      const service = new ServiceProgram(program, {
        PORT: '0',
        TRUST_PROXY: trustProxy,
        PASS_BASE_URL: simulator.url,
        PASS_SOFTWARE_STATEMENT: simulator.issueSoftwareStatement({ application: 'tv' }),
        PASS_SERVICE_PROVIDER: 'REF30',
        PASS_APPLICATION: 'tv',
        PASS_SECRET: 'cache-secret-of-the-test-0123456789-0123456789',
        PASS_CACHE_PATH: join(folder, 'cache'),
        DEVICE_TOKEN_SECRET: 'device-token-secret-of-the-test-0123456789',
      });
      running.push(service);
      return service;
    };

    it('ends on SIGTERM when the request that runs has its answer', async () => {
      const service = run();
      const url = await service.url();
      const token = await deviceToken(url);
      simulator.fault({ endpoint: 'profiles', effect: { delayMs: 400 } });
      const slow = me(url, token);
      await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(1), 5_000);
      service.kill('SIGTERM');
      expect((await slow).status).toBe(200);
      expect(await service.exit).toBe(0);
      expect(service.output).toContain('"msg":"stopped"');
    });

    it('finds the credentials of its devices after a restart', async () => {
      const before = run();
      const token = await deviceToken(await before.url());
      expect((await me(await before.url(), token)).status).toBe(200);
      before.kill('SIGTERM');
      await before.exit;
      const after = run();
      expect((await me(await after.url(), token)).status).toBe(200);
      expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
      expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
    });
  });
}

async function deviceToken(url: string): Promise<string> {
  const response = await fetch(`${url}/api/device`, { method: 'POST' });
  return ((await response.json()) as { readonly deviceToken: string }).deviceToken;
}

async function me(url: string, token: string): Promise<Response> {
  return await fetch(`${url}/api/me`, {
    headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.7', connection: 'close' },
  });
}
