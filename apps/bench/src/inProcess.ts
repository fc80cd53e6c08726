import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { randomIndexes } from './devices.js';
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

/** Requests of devices in an order that no prefetcher foresees. */
export class RequestSource<Each> {
  readonly #make: (index: number) => Each;
  readonly #order: readonly number[];
  #next = 0;

  constructor(devices: number, make: (index: number) => Each) {
    this.#make = make;
    this.#order = randomIndexes(65_536, devices, 1);
  }

  /** `handlerOf` makes what handles a request, and tells `ended` when it has reached the end. */
  arm(
    name: string,
    handlerOf: (ended: () => void) => (request: Each) => unknown,
    isHandled: (request: Each) => boolean = () => true,
  ): RequestArm {
    let batch: readonly Each[] = [];
    let ended = 0;
    const handle = handlerOf(() => {
      ended += 1;
    });
    return {
      name,
      prepare: (requests) => {
        ended = 0;
        batch = Array.from({ length: requests }, () => this.#ofAnyDevice());
      },
      run: () => {
        for (const request of batch) handle(request);
      },
      check: () => {
        const { length } = batch;
        if (ended !== length) throw new Error(`${name}: ${ended} of ${length} requests reached the end`);
        if (!batch.every(isHandled)) throw new Error(`${name}: a request was left as it was`);
      },
    };
  }

  #ofAnyDevice(): Each {
    this.#next = (this.#next + 1) % this.#order.length;
    return this.#make(this.#order[this.#next] ?? 0);
  }
}

/** The cost of each arm, and what it is beyond that of two of them. */
export function costRows(
  arms: readonly RequestArm[],
  costs: readonly number[],
  [bare, noop]: readonly [bare: number, noop: number],
): string[][] {
  return arms.map(({ name }, index) => {
    const ns = costs[index] ?? Number.NaN;
    return [name, number(ns), signed(ns - bare), signed(ns - noop)];
  });
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

function signed(ns: number): string {
  return `${ns < 0 ? '−' : '+'}${number(Math.abs(ns))}`;
}
