import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

export const host = '127.0.0.1';

/** A Cluster's node takes this port as well, for its bus. */
export const busPortOffset = 10_000;

/**
 * Redis cannot be told to take any port. The kernel gives outgoing connections ports above these, so that one which was
 * free a moment ago, or was a stopped server's, is taken by another server only.
 */
const ports = { from: 10_000, to: 22_000 } as const;

/** A port that was free just now, and its bus port too where `withBus`. Others may take it: start again then. */
export async function freePort(withBus = false): Promise<number> {
  for (;;) {
    const port = randomInt(ports.from, ports.to);
    const wanted = withBus ? [port, port + busPortOffset] : [port];
    const free = await Promise.all(wanted.map(isFree));
    if (free.every(Boolean)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
