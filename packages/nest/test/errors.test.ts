import {
  Catch,
  Controller,
  Get,
  HttpException,
  Module,
  Res,
  type ArgumentsHost,
  type Type,
} from '@nestjs/common';
import { APP_FILTER, ExternalContextCreator } from '@nestjs/core';
import { deviceFromHeaders, PassError, type PassClient } from '@pass-dcr/core';
import { passOf, startSimulator, tv } from '@pass-dcr/test-kit';
import { describe, expect, it, vi } from 'vitest';
import { Pass, PassExceptionFilter, PassModule } from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { platforms } from './platforms.js';
import { start } from './start.js';

/** As another copy of the core makes it. */
function foreignPassError(): Error {
  const { code, status, expose, headers, viewerMustSignIn } = new PassError('device_missing', 'foreign');
  return Object.assign(new Error('foreign'), {
    ...{ code, status, expose, headers, viewerMustSignIn },
    [Symbol.for('@pass-dcr/core/PassError')]: true,
  });
}

@Controller()
class FailingController {
  @Get('busy')
  busy(): never {
    throw new PassError('registration_limited', 'too many', { retryAfterMs: 1_500 });
  }

  @Get('misconfigured')
  misconfigured(): never {
    throw new PassError('software_statement_rejected', 'for the operator only');
  }

  @Get('foreign')
  foreign(): never {
    throw foreignPassError();
  }

  @Get('teapot')
  teapot(): never {
    throw new HttpException('short and stout', 418);
  }

  @Get('bug')
  bug(): never {
    throw new TypeError('a bug');
  }

  @Get('aborted')
  aborted(): never {
    throw new DOMException("the handler's own", 'AbortError');
  }

  @Get('begun')
  async begun(@Res() response: RawResponse): Promise<never> {
    const raw = response.raw ?? response;
    raw.writeHead(200, { 'Content-Type': 'text/plain' });
    await new Promise<void>((resolve) => raw.write('half', resolve));
    throw new PassError('closed', 'while it answered');
  }

  @Get('me')
  async me(@Pass() pass: PassClient): Promise<unknown> {
    return await pass.profiles.all();
  }
}

interface RawResponse {
  readonly raw?: RawResponse;
  writeHead(status: number, headers: object): void;
  write(text: string, sent: () => void): void;
}

describe.each(platforms)(`Nest ${nestVersion} on $name`, (platform) => {
  const applicationOf = async (answersErrors?: boolean, providers: object[] = []): Promise<Type> => {
    const pass = passOf(await startSimulator());
    @Module({
      imports: [PassModule.forRoot({ pass, device: deviceFromHeaders(), answersErrors })],
      controllers: [FailingController],
      providers: providers as [],
    })
    class Application {}
    return Application;
  };

  it('answers a PassError as a problem, and says when to come back', async () => {
    const { ask } = await start(platform, await applicationOf());
    const answer = await ask('/busy');
    expect(answer).toMatchObject({
      status: 503,
      json: { code: 'registration_limited', retryAfterMs: 1_500 },
    });
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it("logs what it answers by Nest's logger: what failed and what to do, as an error where the device is not to blame", async () => {
    const logged: (readonly [level: string, message: string])[] = [];
    const on =
      (level: string) =>
      (message: unknown, ...more: readonly unknown[]): void => {
        if (more.includes(PassExceptionFilter.name)) logged.push([level, String(message)]);
      };
    const { ask } = await start(platform, await applicationOf(), {
      configure: (app) => app.useLogger({ log: on('log'), warn: on('warn'), error: on('error') }),
    });
    for (const path of ['/misconfigured', '/me', '/bug']) await ask(path);
    expect(logged).toEqual([
      ['error', 'software_statement_rejected: for the operator only'],
      ['log', 'device_missing: the request names no device, so there is no client for it'],
    ]);
  });

  it('answers a PassError of another copy of the core', async () => {
    const { ask } = await start(platform, await applicationOf());
    expect(await ask('/foreign')).toMatchObject({
      status: 400,
      json: { code: 'device_missing', detail: 'foreign' },
    });
  });

  it('keeps the headers of CORS, which a browser needs to see the problem', async () => {
    const { ask } = await start(platform, await applicationOf(), {
      configure: (app) => app.enableCors({ origin: 'https://tv.example' }),
    });
    const answer = await ask('/me', { headers: { origin: 'https://tv.example' } });
    expect(answer).toMatchObject({ status: 400, json: { code: 'device_missing' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://tv.example');
  });

  it('leaves all other errors to Nest, also an AbortError that is not of a client that hung up', async () => {
    const { ask } = await start(platform, await applicationOf());
    expect(await ask('/teapot')).toMatchObject({ status: 418, json: { message: 'short and stout' } });
    for (const path of ['/bug', '/aborted'])
      expect(await ask(path)).toMatchObject({ status: 500, json: { message: 'Internal server error' } });
    expect(await ask('/nowhere')).toMatchObject({ status: 404 });
  });

  it('an answer that has begun is cut off rather than ended', async () => {
    const { ask } = await start(platform, await applicationOf());
    await expect(ask('/begun')).rejects.toThrow(/terminated/);
  });

  it('says nothing of a client that hung up while it waited', async () => {
    const simulator = await startSimulator();
    simulator.fault({ endpoint: 'register', effect: { delayMs: 60_000 } });
    const pass = passOf(simulator);
    @Module({
      imports: [PassModule.forRoot({ pass, device: deviceFromHeaders() })],
      controllers: [FailingController],
    })
    class Application {}
    const logged: unknown[] = [];
    const log = (message: unknown): void => void logged.push(message);
    const { ask } = await start(platform, Application, {
      configure: (app) => app.useLogger({ log: () => undefined, warn: log, error: log }),
    });
    const impatient = new AbortController();
    const asked = ask('/me', { headers: tv, signal: impatient.signal }).catch((error: unknown) => error);
    await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1));
    impatient.abort();
    expect(await asked).toMatchObject({ name: 'AbortError' });
    // The server hears of it a moment later; a bug is logged after it, so that the wait has an end.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await ask('/bug');
    expect(logged.map(String)).toEqual([expect.stringContaining('a bug')]);
    // Or the Pass would wait for its answer before it closes.
    await simulator.close();
  });

  it("filters of the application's own see all other errors, and with answersErrors: false these too", async () => {
    const seen: unknown[] = [];
    @Catch()
    class EveryErrorFilter {
      catch(error: Error & { readonly code?: string }, host: ArgumentsHost): void {
        seen.push(error.code ?? error.name);
        host.switchToHttp().getResponse<{ send(text: string): void }>().send('own');
      }
    }
    const own = { provide: APP_FILTER, useClass: EveryErrorFilter };
    const beside = await start(platform, await applicationOf(true, [own]));
    expect(await beside.ask('/busy')).toMatchObject({ status: 503 });
    expect(await beside.ask('/bug')).toMatchObject({ text: 'own' });
    const instead = await start(platform, await applicationOf(false, [own]));
    expect(await instead.ask('/busy')).toMatchObject({ text: 'own' });
    const first = await start(platform, await applicationOf(), {
      configure: (app) => app.useGlobalFilters(new EveryErrorFilter()),
    });
    expect(await first.ask('/busy')).toMatchObject({ text: 'own' });
    expect(seen).toEqual(['TypeError', 'registration_limited', 'registration_limited']);
  });

  it('can be bound by hand', async () => {
    const { ask } = await start(platform, await applicationOf(false), {
      configure: (app) => app.useGlobalFilters(new PassExceptionFilter()),
    });
    expect(await ask('/busy')).toMatchObject({ status: 503, json: { code: 'registration_limited' } });
    const misconfigured = await ask('/misconfigured');
    expect(misconfigured).toMatchObject({ status: 500, json: { code: 'software_statement_rejected' } });
    expect(misconfigured.text).not.toContain('operator');
  });

  it('GraphQL resolvers and their like keep their errors, and are not asked for a device', async () => {
    const app = await platform.create(await applicationOf());
    await app.init();
    const resolver = {
      busy(): never {
        throw new PassError('registration_limited', 'too many');
      },
      fine: () => 'fine',
    };
    const contexts = app.get(ExternalContextCreator);
    const call = async (name: 'busy' | 'fine'): Promise<unknown> =>
      await (
        contexts.create(
          resolver,
          resolver[name],
          name,
          undefined,
          undefined,
          undefined,
          undefined,
          { guards: true, filters: true, interceptors: true },
          'graphql',
        ) as (...args: unknown[]) => Promise<unknown>
      )({}, {}, { req: { headers: tv } }, {});
    expect(await call('fine')).toBe('fine');
    await expect(call('busy')).rejects.toMatchObject({ code: 'registration_limited' });
    await app.close();
  });
});
