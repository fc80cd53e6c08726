import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Device } from '@pass-dcr/core';
import { passMiddleware } from '@pass-dcr/koa';
import Koa, { type Middleware, type ParameterizedContext } from 'koa';
import compose from 'koa-compose';
import { deviceIdentifier, randomToken } from './devices.js';
import { acceptedSocket, costRows, costsOf, countPromises, RequestSource } from './inProcess.js';
import { LightRequest, LightResponse } from './lightRequest.js';
import { createLocalPass } from './localPass.js';
import { atMost, exactly, number, ratio, some, type Section } from './report.js';

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

  const source = new RequestSource(devices, (index) => world.make(index));
  const composed = (handlers: readonly Middleware<VerifiedState, object>[]) => (ended: () => void) =>
    compose([...handlers, ended]);
  const arms = [
    source.arm('no middleware', composed([])),
    source.arm('no middleware (A/A)', composed([])),
    source.arm('a middleware that does nothing', composed([nothing])),
    source.arm('the least: Map.get and Date.now', composed([theLeast()]), isAttached),
    source.arm('passMiddleware, device from verified data', composed([middleware]), isAttached),
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
    rows: costRows(arms, costs, [bare, noop]),
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
      some('control: promises in one request of an unknown device', promisesOnMiss),
    ],
    notes: [
      `Koa makes ${promisesOfNothing / 1_000} for each request by itself. ` +
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

  constructor(socket: Socket) {
    this.#socket = socket;
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

  promisesOf(requests: number, handlers: readonly Middleware<VerifiedState, object>[]): number {
    const handle = compose([...handlers, () => undefined]);
    const batch = Array.from({ length: requests }, (_, index) => this.make(index % devices));
    return countPromises(() => {
      for (const context of batch) void handle(context);
    });
  }
}
