import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { number } from './report.js';
import { collectYoung, median, shuffled, slope } from './stopwatch.js';

/**
 * Requests of one batch. Three sizes, so that what a batch costs by itself, such as the first touch of each device after
 * the other arms, falls out of the slope.
 */
const sizes = [512, 1_024, 2_048];

/**
 * Requests that exist at the same time. A server has made a request just before the middleware sees it, so that it lies
 * in the processor's nearest cache; the requests of a whole batch would not fit into it, and fetching them would be
 * counted as the middleware's work.
 */
const together = 16;

/** Requests are made, handled without waiting, and looked at; only the handling is timed. */
export interface RequestArm {
  readonly name: string;
  prepare(requests: number): void;
  run(): void;
  /** @throws Error if a request did not reach the end as it should */
  check(): void;
}

/** What one request of each arm costs: the slope over the batch sizes, from the medians of interleaved rounds. */
export function costsOf(arms: readonly RequestArm[], rounds: number): number[] {
  const warmUps = 30;
  const times = arms.map(() => sizes.map((): number[] => []));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const index of shuffled(arms.length, round + warmUps + 1)) {
      for (const [at, size] of sizes.entries()) {
        const arm = arms[index];
        if (arm === undefined) continue;
        const ns = timeRequests(arm, size);
        if (round >= 0) times[index]?.[at]?.push(ns);
      }
    }
  }
  return times.map((ofArm) => slope(sizes.map((size, at) => [size, median(ofArm[at] ?? [])] as const)));
}

/** Nanoseconds that so many requests took, without making them. */
function timeRequests(arm: RequestArm, requests: number): number {
  collectYoung();
  let ms = 0;
  for (let made = 0; made < requests; made += together) {
    arm.prepare(together);
    const started = performance.now();
    arm.run();
    ms += performance.now() - started;
    arm.check();
  }
  return ms * 1e6;
}

export function countPromises(work: () => void): number {
  let promises = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'PROMISE') promises += 1;
    },
  }).enable();
  try {
    work();
  } finally {
    hook.disable();
  }
  return promises;
}

/** The server's end of a connection over which nothing is sent, so that its address is asked for as it is in earnest. */
export async function acceptedSocket(): Promise<{ readonly socket: Socket; readonly end: () => void }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const client = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  return {
    socket,
    end: () => {
      client.destroy();
      socket.destroy();
      server.close();
    },
  };
}

export function signed(ns: number): string {
  return `${ns < 0 ? '−' : '+'}${number(Math.abs(ns))}`;
}
