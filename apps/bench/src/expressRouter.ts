import { EventEmitter, once } from 'node:events';
import type { Socket } from 'node:net';
import { deviceFromHeaders, type Device, type Pass } from '@pass-dcr/core';
import { passMiddleware } from '@pass-dcr/express';
import express, {
  type Express,
  type Request,
  type RequestHandler,
  type Response,
  type Router,
} from 'express';
import { deviceIdentifier } from './devices.js';
import { acceptedSocket, costRows, costsOf, countPromises, RequestSource } from './inProcess.js';
import { LightRequest, LightResponse } from './lightRequest.js';
import { createLocalPass } from './localPass.js';
import { atMost, exactly, number, ratio, some, type Section } from './report.js';

const devices = 1_000;

/** What the middleware adds to a request whose device has its token in memory. */
export async function expressRouter(rounds: number): Promise<Section> {
  return await costOf(rounds, 'device from verified data', verifiedDevice, 350);
}

/** The same where the device is read from the headers; in another process, because a server has one of the two. */
export async function expressRouterHeaders(rounds: number): Promise<Section> {
  return await costOf(rounds, 'deviceFromHeaders()', deviceFromHeaders(), 600);
}

type DeviceFunction = (request: VerifiedRequest) => Device | undefined;

async function costOf(
  rounds: number,
  source: string,
  device: DeviceFunction,
  mostNs: number,
): Promise<Section> {
  const pass = createLocalPass(devices);
  const { socket, end } = await acceptedSocket();
  const world = new Requests(socket);
  const middleware = passMiddleware(pass, { device });
  // By the middleware itself, so that nothing but requests has ever used its code.
  await registerAll(world, middleware);
  const nothing: RequestHandler = (_request, _response, next) => next();

  const requests = new RequestSource(devices, (index) => world.make(index));
  const routed =
    (handlers: readonly RequestHandler[]) =>
    (ended: () => void): ((exchange: Exchange) => void) => {
      const router = routerOf(...handlers, ended);
      return ({ request, response }) => router(request, response, fail);
    };
  const arms = [
    requests.arm('no middleware', routed([])),
    requests.arm('no middleware (A/A)', routed([])),
    requests.arm('a middleware that does nothing', routed([nothing])),
    requests.arm(`passMiddleware, ${source}`, routed([middleware]), isAttached),
  ];
  const costs = costsOf(arms, rounds);
  const promises = promisesOf(world, middleware);
  const promisesOnMiss = await promisesOfMiss(world);
  await pass.close();
  end();

  const [bare = Number.NaN, , noop = Number.NaN, ours = Number.NaN] = costs;
  return {
    title: `Express 5 router: cost per request, in process, ${source}`,
    columns: ['router with', 'ns per request', 'beyond none', 'beyond one that does nothing'],
    rows: costRows(arms, costs, [bare, noop]),
    checks: [
      atMost(
        `passMiddleware, ${source}, adds ≤ ${mostNs} ns to a middleware that does nothing`,
        ours - noop,
        mostNs,
        `${number(ours - noop)} ns`,
      ),
      exactly('promises in 1 000 requests with the token in memory', promises, 0),
      some('control: promises in one request of an unknown device', promisesOnMiss),
    ],
    notes: [
      `The whole of passMiddleware is ${ratio((ours - bare) / (noop - bare))} the layer that does nothing.`,
    ],
  };
}

async function registerAll(world: Requests, middleware: RequestHandler): Promise<void> {
  for (let index = 0; index < devices; index += 1) {
    const { request, response } = world.make(index);
    const handler = new EventEmitter();
    const ended = once(handler, 'ended');
    routerOf(middleware, () => void handler.emit('ended'))(request, response, fail);
    await ended;
  }
}

interface VerifiedRequest extends Request {
  /** What an earlier middleware has taken from a verified device token. */
  deviceId?: string;
}

function verifiedDevice(request: VerifiedRequest): Device | undefined {
  return request.deviceId === undefined ? undefined : { identifier: request.deviceId };
}

function isAttached({ request }: Exchange): boolean {
  return Object.hasOwn(request, 'pass');
}

function fail(error: unknown): never {
  throw new Error('a request got past its handler', { cause: error });
}

function routerOf(...handlers: RequestHandler[]): Router {
  const router = express.Router();
  for (const handler of handlers) router.use(handler);
  return router;
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

class ExpressRequest extends LightRequest {
  readonly app: Express;
  readonly deviceId: string;

  constructor(socket: Socket, app: Express, deviceId: string) {
    super(socket, { 'ap-device-identifier': identifierHeader(deviceId) });
    this.app = app;
    this.deviceId = deviceId;
  }
}

function identifierHeader(identifier: string): string {
  return `fingerprint ${Buffer.from(identifier).toString('base64')}`;
}

class Requests {
  readonly #socket: Socket;
  readonly #application = express();

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  make(index: number): Exchange {
    const request = new ExpressRequest(this.#socket, this.#application, deviceIdentifier(index));
    return { request: request as unknown as Request, response: new LightResponse() as unknown as Response };
  }
}

/** Promises that 1 000 requests bring into being. */
function promisesOf(world: Requests, middleware: RequestHandler): number {
  const router = routerOf(middleware, () => undefined);
  const batch = Array.from({ length: 1_000 }, (_, index) => world.make(index % devices));
  return countPromises(() => {
    for (const { request, response } of batch) router(request, response, fail);
  });
}

/** The control: the counter does see the promises of a request that has to wait. */
async function promisesOfMiss(world: Requests): Promise<number> {
  const pass: Pass = createLocalPass(devices);
  const { request, response } = world.make(1);
  const handler = new EventEmitter();
  const ended = once(handler, 'ended');
  const router = routerOf(passMiddleware(pass, { device: verifiedDevice }), () => void handler.emit('ended'));
  const count = countPromises(() => router(request, response, fail));
  await ended;
  await pass.close();
  return count;
}
