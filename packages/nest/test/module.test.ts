import {
  Controller,
  Get,
  Inject,
  Injectable,
  Module,
  Req,
  type DynamicModule,
  type Type,
} from '@nestjs/common';
import { deviceFromHeaders, type Pass as PassInstance, type PassClient } from '@pass-dcr/core';
import type { Simulator } from '@pass-dcr/simulator';
import { passOf, passOptions, startSimulator, tv } from '@pass-dcr/test-kit';
import { describe, expect, it } from 'vitest';
import {
  getPass,
  InjectPass,
  Pass,
  PassModule,
  PassService,
  passToken,
  type PassModuleOptions,
  type PassOptionsFactory,
} from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { platforms } from './platforms.js';
import { start } from './start.js';

@Controller()
class TvController {
  @Get('me')
  async me(@Pass() pass: PassClient): Promise<unknown> {
    return await pass.profiles.all();
  }
}

@Injectable()
class Settings implements PassOptionsFactory {
  static simulator: Simulator;

  createPassOptions(): PassModuleOptions {
    return { ...passOptions(Settings.simulator), device: deviceFromHeaders() };
  }
}

@Module({ providers: [Settings], exports: [Settings] })
class SettingsModule {}

const variants: readonly [string, () => DynamicModule][] = [
  ['forRoot', () => PassModule.forRoot({ ...passOptions(Settings.simulator), device: deviceFromHeaders() })],
  [
    'forRoot with a Pass',
    () => PassModule.forRoot({ pass: passOf(Settings.simulator), device: deviceFromHeaders() }),
  ],
  [
    'forRootAsync with useFactory',
    () =>
      PassModule.forRootAsync({
        useFactory: async () => await Promise.resolve(new Settings().createPassOptions()),
      }),
  ],
  [
    'forRootAsync with useFactory and inject',
    () =>
      PassModule.forRootAsync({
        imports: [SettingsModule],
        inject: [Settings, { token: 'nobody provides it', optional: true }],
        useFactory: (settings: Settings, nothing: undefined) => {
          expect(nothing).toBeUndefined();
          return settings.createPassOptions();
        },
      }),
  ],
  ['forRootAsync with useClass', () => PassModule.forRootAsync({ useClass: Settings })],
  [
    'forRootAsync with useExisting',
    () => PassModule.forRootAsync({ imports: [SettingsModule], useExisting: Settings }),
  ],
];

describe.each(platforms)(`Nest ${nestVersion} on $name`, (platform) => {
  it.each(variants)('%s', async (_name, register) => {
    Settings.simulator = await startSimulator();
    @Module({ imports: [register()], controllers: [TvController] })
    class Application {}
    const { ask } = await start(platform, Application);
    for (const headers of [tv, tv])
      expect(await ask('/me', { headers })).toMatchObject({ status: 200, json: [] });
    expect(Settings.simulator.ledger.count({ endpoint: 'token' })).toBe(1);
    expect(await ask('/me')).toMatchObject({ status: 400, json: { code: 'device_missing' } });
  });

  it('several registered applications have a name each, for decorators, injection and requests', async () => {
    const simulator = await startSimulator();

    @Controller()
    class BothController {
      constructor(
        @InjectPass() private readonly tvPass: PassInstance,
        @InjectPass('sports') private readonly sportsPass: PassInstance,
      ) {}

      @Get('both')
      async both(@Pass() pass: PassClient, @Pass('sports') sports: PassClient): Promise<unknown> {
        await pass.profiles.all();
        await sports.profiles.all();
        return [this.tvPass === this.sportsPass, pass === sports];
      }
    }
    @Module({
      imports: [
        PassModule.forRoot({ ...passOptions(simulator), device: deviceFromHeaders() }),
        PassModule.forRoot({
          name: 'sports',
          ...passOptions(simulator, 'sports'),
          device: deviceFromHeaders(),
        }),
      ],
      controllers: [BothController],
    })
    class Application {}
    const { ask } = await start(platform, Application);
    expect(await ask('/both', { headers: tv })).toMatchObject({ status: 200, json: [false, false] });
    const applications = new Map(simulator.clients().map((each) => [each.clientId, each.application]));
    expect(
      simulator.ledger
        .entries({ endpoint: 'profiles' })
        .map(({ clientId = '' }) => applications.get(clientId)),
    ).toEqual(['tv', 'sports']);
  });

  it('the property has the name of the module, or that of "as"; @Pass() goes by the name of the module', async () => {
    const pass = passOf(await startSimulator());
    const device = deviceFromHeaders();
    const seen: unknown[] = [];

    @Controller()
    class PropertyController {
      @Get('properties')
      properties(
        @Pass() own: PassClient,
        @Pass('sports') sports: PassClient,
        @Req() request: Record<string, unknown>,
      ): void {
        seen.push(request['adobe'] === own, request['sports'] === sports, request['pass']);
        seen.push(getPass(request) === own, getPass(request, 'sports') === sports);
      }
    }
    @Module({
      imports: [
        PassModule.forRoot({ pass, device, as: 'adobe', authenticate: 'lazy' }),
        PassModule.forRoot({ name: 'sports', pass, device, authenticate: 'lazy' }),
      ],
      controllers: [PropertyController],
    })
    class Application {}
    const { ask } = await start(platform, Application);
    expect(await ask('/properties', { headers: tv })).toMatchObject({ status: 200 });
    expect(seen).toEqual([true, true, undefined, true, true]);
  });

  it('one forRoot() imported by two modules is one module', async () => {
    const simulator = await startSimulator();
    const passModule = PassModule.forRoot({ ...passOptions(simulator), device: deviceFromHeaders() });

    @Module({ imports: [passModule], controllers: [TvController] })
    class TvModule {}
    @Module({ imports: [passModule, TvModule] })
    class Application {}
    const { ask } = await start(platform, Application);
    expect(await ask('/me', { headers: tv })).toMatchObject({ status: 200 });
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
  });
});

describe(`Nest ${nestVersion}`, () => {
  const [platform] = platforms;

  /** A module that injects without importing PassModule, which its neighbour does. */
  const neighbourOf = (passModule: DynamicModule): Type => {
    @Injectable()
    class Job {
      constructor(
        @Inject(PassService) readonly service: PassService,
        @Inject(passToken()) readonly pass: PassInstance,
      ) {}
    }
    @Module({ providers: [Job] })
    class JobModule {}
    @Module({ imports: [passModule, JobModule] })
    class Application {}
    return Application;
  };

  it.each(['forRoot', 'forRootAsync'] as const)(
    '%s with isGlobal is seen by every module',
    async (method) => {
      const options = { pass: passOf(await startSimulator()), device: () => undefined };
      const register = (isGlobal?: boolean): DynamicModule =>
        method === 'forRoot'
          ? PassModule.forRoot({ isGlobal, ...options })
          : PassModule.forRootAsync({ isGlobal, useFactory: () => options });
      await (await platform.create(neighbourOf(register(true)))).init();
      for (const isGlobal of [false, undefined])
        await expect(platform.create(neighbourOf(register(isGlobal)))).rejects.toThrow(/PassService/);
    },
  );

  it('PassService is Adobe Pass outside a request', async () => {
    const simulator = await startSimulator();
    const [pass, sports] = [passOf(simulator), passOf(simulator, 'sports')];
    const device = deviceFromHeaders();
    @Module({
      imports: [
        PassModule.forRoot({ pass, device }),
        PassModule.forRoot({ name: 'sports', pass: sports, device }),
      ],
    })
    class Application {}
    const app = await platform.create(Application);
    const service = app.get(PassService);
    expect(service.pass).toBe(pass);
    expect(service.named('sports')).toBe(sports);
    expect(() => service.named('news')).toThrow('no PassModule named "news" is imported');
    const client = service.client({ identifier: 'tv-1' }, { serviceProvider: 'REF30' });
    expect(await client.profiles.all()).toEqual([]);
    await app.close();
  });
});
