import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import { Controller, Get, Module, type DynamicModule } from '@nestjs/common';
import { deviceFromHeaders, type PassClient } from '@pass-dcr/core';
import { passOf, startSimulator, tv } from '@pass-dcr/test-kit';
import { describe, expect, it } from 'vitest';
import * as source from '../../src/index.js';
import { platforms } from '../platforms.js';
import { start } from '../start.js';

/**
 * The build, with the build of the core. Node's own `require` would find the source of the core, which the tests of
 * this workspace ask for.
 */
function build(): typeof source {
  const core = fileOf('core');
  const loaded = new Map<string, object>();
  const load = (file: string): object => {
    const known = loaded.get(file);
    if (known !== undefined) return known;
    const exports = {};
    loaded.set(file, exports);
    const require = createRequire(file);
    compileFunction(readFileSync(file, 'utf8'), ['require', 'exports'])((name: string): unknown => {
      if (name.startsWith('.')) return load(require.resolve(name));
      return require(name === '@pass-dcr/core' ? core : name);
    }, exports);
    return exports;
  };
  return load(fileOf('nest')) as typeof source;
}

function fileOf(name: string): string {
  const file = fileURLToPath(new URL(`../../../${name}/dist/cjs/index.js`, import.meta.url));
  if (existsSync(file)) return file;
  throw new Error(`This test needs the build of @pass-dcr/${name}, as npm test makes it.`);
}

const copies = { source, build: build() };

describe.each(platforms)('on $name', (platform) => {
  it.each([
    ['build', 'build'],
    ['build', 'source'],
    ['source', 'build'],
  ] as const)('a module of the %s serves decorators and guards of the %s', async (of, by) => {
    expect(copies.source.PassModule).not.toBe(copies.build.PassModule);
    const pass = passOf(await startSimulator());
    const device = deviceFromHeaders();
    const { Pass, SkipPass, PassService, getPass } = copies[by];

    @Controller()
    class TvController {
      @Get('me')
      async me(@Pass() client: PassClient): Promise<unknown> {
        return await client.profiles.all();
      }

      @SkipPass()
      @Get('open')
      open(): string {
        return 'open';
      }
    }
    const sportsModule: DynamicModule = copies[by].PassModule.forRoot({ name: 'sports', pass, device });
    @Module({
      imports: [copies[of].PassModule.forRoot({ pass, device }), sportsModule],
      controllers: [TvController],
    })
    class Application {}
    const { app, ask } = await start(platform, Application, {
      configure: (starting) =>
        starting.useGlobalInterceptors({
          intercept(context, next) {
            if (context.getHandler().name === 'me') getPass(context.switchToHttp().getRequest());
            return next.handle();
          },
        }),
    });
    expect(await ask('/me', { headers: tv })).toMatchObject({ status: 200, json: [] });
    expect(await ask('/me')).toMatchObject({ status: 400, json: { code: 'device_missing' } });
    expect(await ask('/open', { headers: tv })).toMatchObject({ status: 200 });
    expect(app.get(PassService, { strict: false }).pass).toBe(pass);
    const twice = [copies[of], copies[by]].map((copy) => copy.PassModule.forRoot({ pass, device }));
    @Module({ imports: twice })
    class Doubled {}
    await expect(platform.create(Doubled)).rejects.toThrow(/registered 2 times/);
  });
});
