import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Device } from '@pass-dcr/core';
import { passMiddleware } from '@pass-dcr/koa';
import Koa, { type Middleware, type ParameterizedContext } from 'koa';
import compose from 'koa-compose';
import { deviceIdentifier, randomIndexes, randomToken } from './devices.js';
import { acceptedSocket, costsOf, countPromises, signed, type RequestArm } from './inProcess.js';
import { LightRequest, LightResponse } from './lightRequest.js';
import { createLocalPass } from './localPass.js';
import { atMost, exactly, number, ratio, type Section } from './report.js';

const devices = 1_000;

interface VerifiedState {
  /** What an earlier middleware has taken from a verified device token. */
  deviceId?: string;
}

type VerifiedContext = ParameterizedContext<VerifiedState, object>;

const nothing: Middleware<VerifiedState, object> = (_ctx, next) => next();

/** What the middleware adds to a Koa request whose device has its token in memory. */
export async function koaMiddleware(rounds: number): Promise<Section> {
  const pass = createLocalPass(devices);
  const { socket, end } = await acceptedSocket();
  const world = new Contexts(socket);
  const middleware = passMiddleware(pass, { device: verifiedDevice });
  // By the middleware itself, so that nothing but requests has ever used its code.
  for (let index = 0; index < devices; index += 1) await middleware(world.make(index), async () => undefined);

  const arms = [
    world.arm('no middleware', []),
    world.arm('no middleware (A/A)', []),
    world.arm('a middleware that does nothing', [nothing]),
    world.arm('the least: Map.get and Date.now', [theLeast()], isAttached),
    world.arm('passMiddleware, device from verified data', [middleware], isAttached),
  ];
  const costs = costsOf(arms, rounds);
  const promises = world.promisesOf(1_000, [middleware]);
  const promisesOfNothing = world.promisesOf(1_000, [nothing]);
  // The control: the counter does see the promises of a request that has to wait.
  const unknowing = createLocalPass(devices);
  const promisesOnMiss = world.promisesOf(1, [passMiddleware(unknowing, { device: verifiedDevice })]);
  await unknowing.close();
  await pass.close();
  end();

  const [bare = Number.NaN, , noop = Number.NaN, , ours = Number.NaN] = costs;
  return {
    title: 'Koa 3, composed middleware: cost per request, in process, device from verified data',
    columns: ['middleware', 'ns per request', 'beyond none', 'beyond one that does nothing'],
    rows: arms.map(({ name }, index) => {
      const ns = costs[index] ?? Number.NaN;
      return [name, number(ns), signed(ns - bare), signed(ns - noop)];
    }),
    checks: [
      atMost(
        'passMiddleware adds ≤ 200 ns to a middleware that does nothing',
        ours - noop,
        200,
        `${number(ours - noop)} ns`,
      ),
      exactly(
        'promises in 1 000 requests with the token in memory, beyond those of Koa',
        promises - promisesOfNothing,
        0,
      ),
    ],
    notes: [
      `Koa makes ${promisesOfNothing / 1_000} for each request by itself. ` +
        `Control of the promise counter: ${promisesOnMiss} in one request of an unknown device. ` +
        `The whole of passMiddleware is ${ratio((ours - bare) / (noop - bare))} the layer that does nothing.`,
    ],
  };
}

function verifiedDevice({ state: { deviceId } }: VerifiedContext): Device | undefined {
  return deviceId === undefined ? undefined : { identifier: deviceId };
}

/**
 * What no middleware of this kind can do without: the device's token by a fresh identifier, the clock, and something put
 * on the context.
 */
function theLeast(): Middleware<VerifiedState, object> {
  const servableUntil = Date.now() + 86_400_000;
  const entries = new Map(
    Array.from({ length: devices }, (_, index) => [
      deviceIdentifier(index),
      { accessToken: randomToken(), servableUntil },
    ]),
  );
  return (context, next) => {
    const entry = entries.get(context.state.deviceId ?? '');
    if (entry !== undefined && Date.now() < entry.servableUntil) (context as { pass?: unknown }).pass = entry;
    return next();
  };
}

function isAttached(context: VerifiedContext): boolean {
  return Object.hasOwn(context, 'pass');
}

class Contexts {
  readonly #socket: Socket;
  readonly #application = new Koa<VerifiedState, object>();
  readonly #order = randomIndexes(65_536, devices, 1);
  #next = 0;
  #batch: VerifiedContext[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  arm(
    name: string,
    handlers: readonly Middleware<VerifiedState, object>[],
    expected?: (context: VerifiedContext) => boolean,
  ): RequestArm {
    let ended = 0;
    const handle = compose([
      ...handlers,
      () => {
        ended += 1;
      },
    ]);
    return {
      name,
      prepare: (times) => {
        ended = 0;
        this.#batch = Array.from({ length: times }, () => this.#ofAnyDevice());
      },
      run: () => {
        for (const context of this.#batch) void handle(context);
      },
      check: () => {
        const { length } = this.#batch;
        if (ended !== length) throw new Error(`${name}: ${ended} of ${length} requests reached the end`);
        const last = this.#batch.at(-1);
        if (last !== undefined && expected?.(last) === false)
          throw new Error(`${name}: a request was left as it was`);
      },
    };
  }

  promisesOf(requests: number, handlers: readonly Middleware<VerifiedState, object>[]): number {
    const handle = compose([...handlers, () => undefined]);
    const batch = Array.from({ length: requests }, (_, index) => this.make(index % devices));
    return countPromises(() => {
      for (const context of batch) void handle(context);
    });
  }

  #ofAnyDevice(): VerifiedContext {
    this.#next = (this.#next + 1) % this.#order.length;
    return this.make(this.#order[this.#next] ?? 0);
  }

  /** By Koa itself. */
  make(index: number): VerifiedContext {
    const context = this.#application.createContext<VerifiedState>(
      new LightRequest(this.#socket) as unknown as IncomingMessage,
      new LightResponse() as unknown as ServerResponse,
    );
    context.state.deviceId = deviceIdentifier(index);
    return context;
  }
}
