import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

const program = new URL('../dist/main.js', import.meta.url).pathname;

let simulator: Simulator;
let folder: string;
let running: ChildProcessWithoutNullStreams[];

beforeAll(() => {
  if (!existsSync(program))
    throw new Error('These tests run the built program: build it first, as npm test does.');
});

beforeEach(async () => {
  simulator = await createSimulator();
  folder = await mkdtemp(join(tmpdir(), 'express-example-'));
  running = [];
});

afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
});

function run(change: Readonly<Record<string, string>> = {}) {
  const env = {
    PATH: process.env['PATH'],
    PORT: '0',
    PASS_BASE_URL: simulator.url,
    PASS_SOFTWARE_STATEMENT: simulator.issueSoftwareStatement({ application: 'tv' }),
    PASS_SERVICE_PROVIDER: 'REF30',
    PASS_APPLICATION: 'tv',
    PASS_SECRET: 'cache-secret-of-the-test-0123456789-0123456789',
    PASS_CACHE_PATH: join(folder, 'cache'),
    DEVICE_TOKEN_SECRET: 'device-token-secret-of-the-test-0123456789',
    ...change,
  };
  const child = spawn(process.execPath, [program], { env });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => void (output += chunk.toString()));
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  const port = vi.waitFor(
    () => {
      const [, found] = /"port":(\d+)/.exec(output) ?? [];
      if (found === undefined) throw new Error(`the service does not listen: ${output}`);
      return Number(found);
    },
    { timeout: 10_000 },
  );
  return { child, exit, output: () => output, port };
}

async function deviceToken(port: number, platformId: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/api/device`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ platformId }),
  });
  return ((await response.json()) as { readonly deviceToken: string }).deviceToken;
}

const me = async (port: number, token: string): Promise<Response> =>
  await fetch(`http://127.0.0.1:${port}/api/me`, {
    headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '203.0.113.7', connection: 'close' },
  });

describe.each(['SIGTERM', 'SIGINT'] as const)('%s', (signal) => {
  it('ends the process when the requests that run have their answers', async () => {
    const service = run();
    const port = await service.port;
    const token = await deviceToken(port, 'platform-id-1');
    simulator.fault({ endpoint: 'profiles', effect: { delayMs: 400 } });
    const slow = me(port, token);
    await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(1), {
      timeout: 5_000,
    });
    service.child.kill(signal);
    expect((await slow).status).toBe(200);
    expect(await service.exit).toBe(0);
    expect(service.output()).toContain('"msg":"stopped"');
    await expect(me(port, token)).rejects.toThrow('fetch failed');
  });
});

describe('a restart', () => {
  it('finds the credentials of its devices', async () => {
    const before = run();
    const token = await deviceToken(await before.port, 'platform-id-1');
    expect((await me(await before.port, token)).status).toBe(200);
    before.child.kill('SIGTERM');
    await before.exit;
    const after = run();
    expect((await me(await after.port, token)).status).toBe(200);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
  });
});

describe('an incomplete environment', () => {
  it('ends the process with a message', async () => {
    const service = run({ PASS_SECRET: '', DEVICE_TOKEN_SECRET: 'short' });
    service.port.catch(() => undefined);
    expect(await service.exit).toBe(1);
    expect(service.output()).toMatch(/PASS_SECRET is not set.*DEVICE_TOKEN_SECRET has 5 characters/);
  });
});
