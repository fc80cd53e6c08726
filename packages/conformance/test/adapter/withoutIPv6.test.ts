import { expect, it, vi } from 'vitest';
import { collectSuite } from './collectSuite.js';
import { serveWith } from './serveWith.js';

vi.mock('node:os', async (original) => ({
  ...(await original<object>()),
  networkInterfaces: () => ({ lo: [{ address: '127.0.0.1' }] }),
}));

it('a machine without ::1 skips the cases that need it, and says so', () => {
  const { report, skipped } = collectSuite({ serve: serveWith() });
  const reason = 'this machine has no ::1';
  expect(report.skipped).toEqual([
    { name: 'an IPv6 socket of a trusted proxy: the client that it names', reason },
    { name: "a client on ::1 without proxy: its address and port are the socket's", reason },
  ]);
  expect(skipped).toEqual(report.skipped.map(({ name }) => `${name} (skipped: ${reason})`));
});
