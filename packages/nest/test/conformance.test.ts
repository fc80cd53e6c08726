import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import {
  Catch,
  Controller,
  Get,
  HttpCode,
  Module,
  Post,
  Req,
  type ArgumentsHost,
  type Type,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import {
  adapterConformance,
  type AdapterApplication,
  type AdapterExchange,
  type AdapterRoute,
  type ServedApplication,
} from '@pass-dcr/conformance';
import { isPassError } from '@pass-dcr/core';
import { describe, expect, it } from 'vitest';
import { getPass, PassModule, SkipPass, type HttpRequest } from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { platforms, type Platform } from './platforms.js';

describe.each(platforms)(`Nest ${nestVersion} on $name`, (platform) => {
  adapterConformance({ it, expect, serve: (application) => serve(platform, application) });
});

async function serve(
  platform: Platform,
  { trustedProxies, onError, ...application }: AdapterApplication,
): Promise<ServedApplication> {
  const app = await platform.create(moduleOf(application), {
    trustProxy: trustedProxies === 'none' ? false : trustedProxies,
    rawBodies: true,
  });
  if (onError !== undefined) app.useGlobalFilters(new (listener(onError))());
  await app.listen(0, '::');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { port, close: async () => await app.close() };
}

function moduleOf({
  mounts,
  routes,
  openRoutes,
}: Pick<AdapterApplication, 'mounts' | 'routes' | 'openRoutes'>): Type {
  const Open = controllerOf(openRoutes);
  SkipPass()(Open);

  @Module({
    imports: mounts.map((options, index) =>
      PassModule.forRoot({
        // The suite mounts what is refused under one name: two instances that want one property.
        name: mounts.findIndex(({ as }) => as === options.as) === index ? options.as : `mount ${index}`,
        as: 'pass',
        ...options,
      }),
    ),
    controllers: [Open, controllerOf(routes)],
    providers: [{ provide: APP_FILTER, useClass: StatusFilter }],
  })
  class Application {}
  return Application;
}

function controllerOf(routes: readonly AdapterRoute[]): Type {
  @Controller()
  class Routes {}
  for (const [index, { method, path, handle }] of routes.entries()) {
    const name = `route${index}`;
    const handler = {
      value: async (request: PlatformsRequest) => await handle(exchangeOf(request)),
      configurable: true,
    };
    Object.defineProperty(Routes.prototype, name, handler);
    Req()(Routes.prototype, name, 0);
    for (const decorate of [HttpCode(200), method === 'GET' ? Get(path) : Post(path)])
      decorate(Routes.prototype, name, handler);
  }
  return Routes;
}

/** Express's, or Fastify's with the parser of platforms.ts. */
type PlatformsRequest = HttpRequest &
  (IncomingMessage | { readonly raw: IncomingMessage; readonly body: Readable });

function exchangeOf(request: PlatformsRequest): AdapterExchange {
  return {
    property: (name) => (request as unknown as Record<string, unknown>)[name],
    client: (as) => getPass(request, as),
    body: 'raw' in request ? request.body : request,
    socketPort: request.socket.remotePort,
  };
}

/** What a filter is for, told by a function. */
function errorsWhere(test: (error: unknown) => boolean): Type {
  return { [Symbol.hasInstance]: test } as unknown as Type;
}

/** Nest 12 believes the status of an error only where it looks like one of http-errors. */
@Catch(errorsWhere((error) => error instanceof Error && !isPassError(error) && 'statusCode' in error))
class StatusFilter {
  catch(error: Error & { readonly statusCode: number }, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<ServerResponse | { readonly raw: ServerResponse }>();
    const raw = 'raw' in response ? response.raw : response;
    raw.writeHead(error.statusCode).end();
  }
}

/** Nest asks each filter whether an error is for it; this one says no, and has seen it. */
function listener(onError: (error: unknown) => void): Type {
  const heard = (error: unknown): boolean => {
    onError(error);
    return false;
  };
  @Catch(errorsWhere(heard))
  class Listener {
    catch(): void {}
  }
  return Listener;
}
