import { Controller, Get, Module, type DynamicModule, type Type } from '@nestjs/common';
import { deviceFromHeaders, type Pass as PassInstance, type PassClient } from '@pass-dcr/core';
import { passOf, passOptions, startSimulator } from '@pass-dcr/test-kit';
import { describe, expect, it } from 'vitest';
import { Pass, PassModule } from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { platforms } from './platforms.js';

const [platform] = platforms;
const device = deviceFromHeaders();

function applicationOf(imports: DynamicModule[], controllers: Type[] = []): Type {
  @Module({ imports, controllers })
  class Application {}
  return Application;
}

/** What JavaScript callers can do. */
const forRoot = (options?: unknown): DynamicModule => PassModule.forRoot(options as never);
const forRootAsync = (options?: unknown): DynamicModule => PassModule.forRootAsync(options as never);

describe('forRoot', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /^PassModule: the options must be an object with device .*, received undefined$/],
    ['null', null, /received null/],
    ['a text', 'hunter2-hunter2', /received a string of 15 characters$/],
    [
      'a number as its name',
      { name: 7, device },
      /^PassModule: name must be a non-empty string, received 7$/,
    ],
    ['an empty name', { name: '', device }, /name must be a non-empty string, received an empty string/],
    [
      'isGlobal that is no boolean',
      { isGlobal: 'yes', device },
      /isGlobal must be true or false, received a string of 3/,
    ],
    [
      'routes that do not exist',
      { routes: 'some', device },
      /routes must be 'all' or 'guarded', received "some"$/,
    ],
    [
      'a secret as routes',
      { routes: 'hunter2-hunter2', device },
      /routes must be .*, received a string of 15/,
    ],
  ])('refuses %s at once', (_name, options, message) => {
    expect(() => forRoot(options)).toThrow(message);
    expect(() => forRoot(options)).toThrow(expect.objectContaining({ code: 'option_invalid' }));
    expect(() => forRoot(options)).not.toThrow('hunter2');
  });

  it('refuses the arguments of another adapter', async () => {
    const pass = passOf(await startSimulator());
    expect(() => forRoot(pass)).toThrow(/must be one object: a Pass goes into its option pass/);
    expect(() => forRoot({ pass, device, forRoutes: ['*'] })).toThrow(
      /^PassModule: forRoutes is not an option; beside pass/,
    );
    expect(() => forRoot({ pass, device, serviceProvider: 'REF30' })).toThrow(
      /^PassModule: serviceProvider is not an option; beside pass .* belong to where the Pass is made/,
    );
  });
});

describe('forRootAsync', () => {
  it.each<[string, unknown, RegExp]>([
    ['nothing', undefined, /received undefined/],
    ['no source', {}, /one of useFactory, useClass and useExisting, received 0/],
    ['two sources', { useFactory: () => ({}), useClass: Map }, /received 2/],
    [
      'options beside the factory',
      { useFactory: () => ({}), device },
      /^PassModule.forRootAsync: device is not an option; .* in what its factory returns/,
    ],
  ])('refuses %s at once', (_name, options, message) => {
    expect(() => forRootAsync(options)).toThrow(message);
  });
});

describe(`Nest ${nestVersion} does not start`, () => {
  const starting = async (...imports: DynamicModule[]): Promise<unknown> =>
    await platform.create(applicationOf(imports));

  it.each(['name', 'isGlobal', 'answersErrors'])('with %s from a factory', async (option) => {
    const useFactory = (): object => ({ [option]: 'x', device });
    await expect(starting(forRootAsync({ useFactory }))).rejects.toThrow(
      `${option} stands beside useFactory`,
    );
  });

  it('with nothing from a factory', async () => {
    await expect(starting(forRootAsync({ useFactory: () => undefined }))).rejects.toThrow(
      /received undefined/,
    );
  });

  it('without a device function', async () => {
    const simulator = await startSimulator();
    for (const wrong of [undefined, { identifier: 'tv-1' }])
      await expect(starting(forRoot({ ...passOptions(simulator), device: wrong }))).rejects.toThrow(
        /device must be a function/,
      );
  });

  it('with a Pass that createPass() did not return', async () => {
    await expect(starting(forRoot({ pass: {} as PassInstance, device }))).rejects.toThrow(
      /pass must be what createPass\(\) returned/,
    );
  });

  it('with options that createPass() does not have, or without those that it needs', async () => {
    const options = passOptions(await startSimulator());
    await expect(starting(forRoot({ ...options, device, forRoutes: ['*'] }))).rejects.toThrow(
      /forRoutes.* is not an option/,
    );
    await expect(starting(forRoot({ device }))).rejects.toMatchObject({ name: 'PassError' });
    await expect(starting(forRoot({ ...options, softwareStatement: 'none', device }))).rejects.toMatchObject({
      code: 'software_statement_malformed',
    });
  });

  it.each([undefined, 'sports'])('with two modules of the name %s, equal or not', async (name) => {
    const simulator = await startSimulator();
    const [first, second] = [passOf(simulator), passOf(simulator, 'sports')];
    for (const pass of [first, second])
      await expect(
        starting(forRoot({ name, pass: first, device }), forRoot({ name, pass, device })),
      ).rejects.toThrow(`PassModule is registered 2 times under the name "${name ?? 'pass'}"`);
    await expect(
      starting(
        forRootAsync({ name, useFactory: () => ({ pass: first, device }) }),
        forRootAsync({ name, useFactory: () => ({ pass: first, device }) }),
      ),
    ).rejects.toThrow('PassModule is registered 2 times');
  });

  it('with a decorator whose module is not imported', async () => {
    @Controller()
    class BaseController {
      @Get('me')
      me(@Pass() pass: PassClient): string {
        return pass.serviceProvider;
      }
    }
    @Controller()
    class SportsController extends BaseController {
      @Get('sports')
      sports(@Pass('sports') pass: PassClient): string {
        return pass.serviceProvider;
      }
    }
    const pass = passOf(await startSimulator());
    const tvModule = forRoot({ pass, device });
    await expect(platform.create(applicationOf([tvModule], [BaseController]))).resolves.toBeDefined();
    await expect(platform.create(applicationOf([tvModule], [SportsController]))).rejects.toThrow(
      'SportsController.sports has a parameter @Pass("sports"), but no PassModule of that name is imported',
    );
    const sportsModule = forRoot({ name: 'sports', pass, device });
    await expect(platform.create(applicationOf([sportsModule], [SportsController]))).rejects.toThrow(
      'SportsController.me has a parameter @Pass("pass")',
    );
  });
});
