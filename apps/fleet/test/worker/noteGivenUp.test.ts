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
import { noteGivenUp } from '../../src/worker/noteGivenUp.js';

const device = 70_000;

it('logs the device whose register call was given up, and no other call', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pass-dcr-fleet-test-'));
  const file = join(folder, 'w1.log');
  noteGivenUp(new HandOutLog(file));
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  onTestFinished(() => {
    silent.close();
    silent.closeAllConnections();
    rmSync(folder, { recursive: true });
  });
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  for (const path of ['/o/client/token', '/o/client/register']) {
    const call = request(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'x-forwarded-for': addressOf(device) },
      signal: AbortSignal.timeout(50),
    });
    await expect(call).rejects.toThrow();
  }
  expect(readHandOuts('w1', readFileSync(file, 'utf8')).givenUp).toEqual([
    { worker: 'w1', device, at: expect.any(Number) as number },
  ]);
});
