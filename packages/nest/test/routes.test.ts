import {
  Controller,
  ForbiddenException,
  Get,
  Header,
  Injectable,
  Module,
  Req,
  UseGuards,
  VersioningType,
  type CanActivate,
  type DynamicModule,
  type ExecutionContext,
  type INestApplication,
  type Provider,
  type Type,
} from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { deviceFromHeaders, type Device, type PassClient } from '@pass-dcr/core';
import { passOf, startSimulator, tv } from '@pass-dcr/test-kit';
import { describe, expect, it, vi } from 'vitest';
import { getPass, Pass, PassDeviceGuard, PassModule, SkipPass, type HttpRequest } from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { platforms } from './platforms.js';
import { start } from './start.js';

const fromHeaders = deviceFromHeaders();

const tv2 = { 'ap-device-identifier': `fingerprint ${Buffer.from('tv-2').toString('base64')}` };

function applicationOf(imports: DynamicModule[], controllers: Type[], providers: Provider[] = []): Type {
  @Module({ imports, controllers, providers })
  class Application {}
  return Application;
}

const me = async (pass: PassClient): Promise<unknown> => await pass.profiles.all();

describe.each(platforms)(`Nest ${nestVersion} on $name`, (platform) => {
  it.each<[string, (app: INestApplication) => unknown, string, Record<string, string>]>([
    ['without a prefix', () => undefined, '/tv/me', {}],
    ['under a global prefix', (app) => app.setGlobalPrefix('api'), '/api/tv/me', {}],
    [
      'excluded from a global prefix',
      (app) => app.setGlobalPrefix('api', { exclude: ['tv/me'] }),
      '/tv/me',
      {},
    ],
    [
      'with URI versioning',
      (app) => app.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
      '/v1/tv/me',
      {},
    ],
    [
      'with URI versioning under a global prefix',
      (app) =>
        app.setGlobalPrefix('api').enableVersioning({ type: VersioningType.URI, defaultVersion: ['1', '2'] }),
      '/api/v2/tv/me',
      {},
    ],
    [
      'with header versioning',
      (app) =>
        app.enableVersioning({ type: VersioningType.HEADER, header: 'X-Version', defaultVersion: '1' }),
      '/tv/me',
      { 'x-version': '1' },
    ],
    [
      'with media type versioning',
      (app) => app.enableVersioning({ type: VersioningType.MEDIA_TYPE, key: 'v=', defaultVersion: '1' }),
      '/tv/me',
      { accept: 'application/json;v=1' },
    ],
  ])('a route %s has its client', async (_name, configure, path, headers) => {
    @Controller('tv')
    class TvController {
      @Get('me')
      async me(@Pass() pass: PassClient): Promise<unknown> {
        return await me(pass);
      }
    }
    const pass = passOf(await startSimulator());
    const passModule = PassModule.forRoot({ pass, device: deviceFromHeaders() });
    const { ask } = await start(platform, applicationOf([passModule], [TvController]), { configure });
    expect(await ask(path, { headers: { ...tv, ...headers } })).toMatchObject({ status: 200, json: [] });
    expect(await ask(path, { headers })).toMatchObject({ status: 400, json: { code: 'device_missing' } });
  });

  it('@SkipPass() leaves a handler or a controller out, for all modules or those that it names', async () => {
    const simulator = await startSimulator();
    const pass = passOf(simulator);
    const device = vi.fn<typeof fromHeaders>(fromHeaders);
    const sportsDevice = vi.fn<typeof fromHeaders>(fromHeaders);

    const attached = (request: object): string[] => ['pass', 'sports'].filter((name) => name in request);

    @SkipPass()
    @Controller('open')
    class OpenController {
      @Get()
      open(@Req() request: object): string[] {
        return attached(request);
      }
    }
    @Controller()
    class MixedController {
      @SkipPass()
      @Get('open-handler')
      open(@Req() request: object): string[] {
        return attached(request);
      }

      @SkipPass('sports', 'news')
      @Get('no-sports')
      noSports(@Req() request: object): string[] {
        return attached(request);
      }

      @Get('all')
      all(@Req() request: object): string[] {
        return attached(request);
      }
    }
    const { ask } = await start(
      platform,
      applicationOf(
        [
          PassModule.forRoot({ pass, device }),
          PassModule.forRoot({ name: 'sports', pass, device: sportsDevice, authenticate: 'lazy' }),
        ],
        [OpenController, MixedController],
      ),
    );
    for (const path of ['/open', '/open-handler'])
      expect(await ask(path, { headers: tv })).toMatchObject({ status: 200, json: [] });
    expect([device, sportsDevice].map((each) => each.mock.calls.length)).toEqual([0, 0]);
    expect(simulator.ledger.count()).toBe(0);
    expect(await ask('/no-sports', { headers: tv })).toMatchObject({ json: ['pass'] });
    expect([device, sportsDevice].map((each) => each.mock.calls.length)).toEqual([1, 0]);
    expect(await ask('/all', { headers: tv })).toMatchObject({ json: ['pass', 'sports'] });
  });

  it('an unknown route authenticates nobody', async () => {
    const simulator = await startSimulator();
    const device = vi.fn<typeof fromHeaders>(fromHeaders);
    const passModule = PassModule.forRoot({ pass: passOf(simulator), device });
    const { ask } = await start(platform, applicationOf([passModule], []));
    expect(await ask('/nowhere', { headers: tv })).toMatchObject({ status: 404 });
    expect([device.mock.calls.length, simulator.ledger.count()]).toEqual([0, 0]);
  });

  it("the application's global guards run before, and what they refuse costs nothing", async () => {
    const simulator = await startSimulator();

    @Injectable()
    class AllowedGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const request = context.switchToHttp().getRequest<HttpRequest & { user?: string }>();
        request.user = 'tv-1';
        return request.headers['x-allowed'] === 'yes';
      }
    }
    const passModule = PassModule.forRoot({
      pass: passOf(simulator),
      device: ({ user }: { readonly user?: string }) =>
        user === undefined ? undefined : { identifier: user },
    });
    @Controller()
    class DeviceController {
      @Get('device')
      device(@Pass() pass: PassClient): string {
        return String(pass.device.identifier);
      }
    }
    const guard = { provide: APP_GUARD, useClass: AllowedGuard };
    const { ask } = await start(platform, applicationOf([passModule], [DeviceController], [guard]));
    expect(await ask('/device')).toMatchObject({ status: 403 });
    expect(simulator.ledger.count()).toBe(0);
    expect(await ask('/device', { headers: { 'x-allowed': 'yes' } })).toMatchObject({ text: 'tv-1' });
  });

  it('a global guard of a module that is imported later finds the client', async () => {
    const found: unknown[] = [];
    @Injectable()
    class LateGuard implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        found.push(getPass(context.switchToHttp().getRequest()).device.identifier);
        return true;
      }
    }
    @Module({ providers: [{ provide: APP_GUARD, useClass: LateGuard }] })
    class LateModule {}
    @Controller()
    class PlainController {
      @Get('plain')
      plain(): string {
        return 'plain';
      }
    }
    const passModule = PassModule.forRoot({
      pass: passOf(await startSimulator()),
      device: deviceFromHeaders(),
    });
    const late = { module: LateModule };
    const { ask } = await start(platform, applicationOf([passModule, late], [PlainController]));
    expect(await ask('/plain', { headers: tv })).toMatchObject({ status: 200 });
    expect(found).toEqual(['tv-1']);
  });

  it("a route's own guards find the client", async () => {
    @Injectable()
    class SubscriberGuard implements CanActivate {
      async canActivate(context: ExecutionContext): Promise<boolean> {
        const profiles = await getPass(context.switchToHttp().getRequest()).profiles.all();
        return profiles.length > 0;
      }
    }
    @UseGuards(SubscriberGuard)
    @Controller()
    class SubscriberController {
      @Get('subscriber')
      subscriber(): string {
        return 'subscriber';
      }
    }
    const simulator = await startSimulator();
    const passModule = PassModule.forRoot({ pass: passOf(simulator), device: deviceFromHeaders() });
    const { ask } = await start(platform, applicationOf([passModule], [SubscriberController]));
    expect(await ask('/subscriber', { headers: tv })).toMatchObject({ status: 403 });
    simulator.signIn({ deviceIdentifier: 'tv-1', serviceProvider: 'REF30', mvpd: 'Cablevision' });
    expect(await ask('/subscriber', { headers: tv })).toMatchObject({ status: 200 });
    expect(await ask('/subscriber')).toMatchObject({ status: 400, json: { code: 'device_missing' } });
  });

  describe('PassDeviceGuard', () => {
    @Controller()
    class GuardedController {
      @UseGuards(PassDeviceGuard)
      @Get('guarded')
      guarded(): string {
        return 'guarded';
      }

      @UseGuards(PassDeviceGuard.named('sports'))
      @Get('sports')
      sports(): string {
        return 'sports';
      }
    }

    it('keeps requests without a device from the handler', async () => {
      const pass = passOf(await startSimulator());
      const { ask } = await start(
        platform,
        applicationOf(
          [
            PassModule.forRoot({ pass, device: deviceFromHeaders() }),
            PassModule.forRoot({ name: 'sports', pass, device: () => undefined }),
          ],
          [GuardedController],
        ),
      );
      expect(await ask('/guarded', { headers: tv })).toMatchObject({ status: 200, text: 'guarded' });
      expect(await ask('/guarded')).toMatchObject({ status: 400, json: { code: 'device_missing' } });
      expect(await ask('/sports', { headers: tv })).toMatchObject({ status: 400 });
    });

    it('with routes: "guarded", attaches the client after the guards before it, and nowhere else', async () => {
      const simulator = await startSimulator();

      @Injectable()
      class JwtGuard implements CanActivate {
        canActivate(context: ExecutionContext): boolean {
          const request = context.switchToHttp().getRequest<HttpRequest & { device?: Device }>();
          const identifier = request.headers.authorization;
          if (identifier === undefined) throw new ForbiddenException();
          request.device = { identifier };
          return true;
        }
      }
      @Controller()
      class TvController {
        @UseGuards(JwtGuard, PassDeviceGuard)
        @Get('me')
        me(@Pass() pass: PassClient): string {
          return String(pass.device.identifier);
        }

        @Get('open')
        open(@Req() request: object): boolean {
          return 'pass' in request;
        }

        @Get('forgotten')
        forgotten(@Pass() pass: PassClient): string {
          return pass.serviceProvider;
        }
      }
      const passModule = PassModule.forRoot({
        pass: passOf(simulator),
        routes: 'guarded',
        device: (request: { readonly device?: Device }) => request.device,
      });
      const { ask } = await start(platform, applicationOf([passModule], [TvController]));
      expect(await ask('/me')).toMatchObject({ status: 403 });
      expect(await ask('/open', { headers: tv })).toMatchObject({ status: 200, text: 'false' });
      expect(simulator.ledger.count()).toBe(0);
      expect(await ask('/me', { headers: { authorization: 'tv-9' } })).toMatchObject({ text: 'tv-9' });
      expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
      expect(await ask('/forgotten')).toMatchObject({ status: 500, json: { code: 'middleware_missing' } });
    });

    it('serves concurrent requests of several devices, each with its own client', async () => {
      const simulator = await startSimulator();
      @Controller()
      class WhoController {
        @UseGuards(PassDeviceGuard)
        @Get('who')
        who(@Pass() pass: PassClient): string {
          return String(pass.device.identifier);
        }
      }
      const passModule = PassModule.forRoot({ pass: passOf(simulator), device: deviceFromHeaders() });
      const { ask } = await start(platform, applicationOf([passModule], [WhoController]));
      const answers = await Promise.all(
        [tv, tv2, tv, tv2].map(async (headers) => await ask('/who', { headers })),
      );
      expect(answers.map(({ text }) => text)).toEqual(['tv-1', 'tv-2', 'tv-1', 'tv-2']);
      expect(simulator.ledger.count({ endpoint: 'register' })).toBe(2);
    });
  });

  it('a decorator without its module says what is missing', async () => {
    @Controller()
    class TvController {
      @Get('me')
      @Header('X-Test', 'yes')
      async me(@Pass() pass: PassClient): Promise<unknown> {
        return await me(pass);
      }

      @UseGuards(PassDeviceGuard)
      @Get('guarded')
      guarded(): string {
        return 'guarded';
      }
    }
    const errors: unknown[] = [];
    const { ask } = await start(platform, applicationOf([], [TvController]), {
      configure: (app) =>
        app.useGlobalFilters({
          catch(error: unknown, host) {
            errors.push(error);
            const response = host.switchToHttp().getResponse<{ send(text: string): void }>();
            response.send('failed');
          },
        }),
    });
    await ask('/me', { headers: tv });
    await ask('/guarded', { headers: tv });
    expect(errors).toMatchObject([
      {
        code: 'middleware_missing',
        message: expect.stringContaining('no PassModule of that name is imported'),
      },
      { code: 'option_invalid', message: 'no PassModule named "pass" is imported' },
    ]);
  });
});
