import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { expect, it, onTestFinished, vi } from 'vitest';
import { collectSuite } from './collectSuite.js';
import { serveWith } from './serveWith.js';

it('a machine without ::1 skips the cases that need it, and says so', () => {
  const loopback: os.NetworkInterfaceInfo = {
    ...{ address: '127.0.0.1', netmask: '255.0.0.0', cidr: '127.0.0.1/8' },
    ...{ family: 'IPv4', mac: '00:00:00:00:00:00', internal: true },
  };
  const interfaces = vi.spyOn(os, 'networkInterfaces').mockReturnValue({ lo: [loopback] });
  syncBuiltinESMExports();
  onTestFinished(() => {
    interfaces.mockRestore();
    syncBuiltinESMExports();
  });
  const { report, skipped } = collectSuite({ serve: serveWith() });
  const reason = 'this machine has no ::1';
  expect(report.skipped).toEqual([
    { name: 'an IPv6 socket of a trusted proxy: the client that it names', reason },
    { name: "a client on ::1 without proxy: its address and port are the socket's", reason },
  ]);
  expect(skipped).toEqual(report.skipped.map(({ name }) => `${name} (skipped: ${reason})`));
});
