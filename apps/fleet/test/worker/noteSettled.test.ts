import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { request } from 'undici';
import { expect, it, onTestFinished } from 'vitest';
import { readHandOuts } from '../../src/stage/readHandOuts.js';
import { addressOf } from '../../src/worker/devices.js';
import { HandOutLog } from '../../src/worker/HandOutLog.js';
import { noteSettled } from '../../src/worker/noteSettled.js';

const device = 70_000;

it('logs what became of each register and token call, and of no other', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-fleet-test-'));
  const file = join(folder, 'w1.log');
  noteSettled(new HandOutLog(file));
  const server = createServer((incoming, response) => {
    if (incoming.url !== '/o/client/register') response.end('{}');
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const post = async (path: string): Promise<void> => {
    const response = await request(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'x-forwarded-for': addressOf(device) },
      signal: AbortSignal.timeout(200),
    });
    await response.body.dump();
  };
  await post('/api/v2/other');
  await post('/o/client/token');
  await expect(post('/o/client/register')).rejects.toMatchObject({ name: 'TimeoutError' });
  const at = expect.any(Number) as number;
  expect(readHandOuts('w1', readFileSync(file, 'utf8')).settled).toEqual([
    { worker: 'w1', device, kind: 'token', at, answered: true },
    { worker: 'w1', device, kind: 'register', at, answered: false },
  ]);
});
