import {
  Controller,
  Get,
  Module,
  ShutdownSignal,
  type DynamicModule,
  type INestApplication,
} from '@nestjs/common';
import { createPass, deviceFromHeaders, type Pass as PassInstance, type PassClient } from '@pass-dcr/core';
import { passOptions, startSimulator, tv } from '@pass-dcr/test-kit';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Pass, PassModule, passToken } from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { platforms } from './platforms.js';
import { start } from './start.js';

const device = deviceFromHeaders();

const isOpen = async (pass: PassInstance): Promise<boolean> => (await pass.readiness()).ready;

describe.each(platforms)(`Nest ${nestVersion} on $name`, (platform) => {
  const created = async (passModule: DynamicModule): Promise<INestApplication> => {
    @Module({ imports: [passModule] })
    class Application {}
    const app = await platform.create(Application);
    await app.init();
    return app;
  };

  it.each(['forRoot', 'forRootAsync'] as const)('%s closes what it made', async (method) => {
    const options = { ...passOptions(await startSimulator()), device };
    const app = await created(
      method === 'forRoot'
        ? PassModule.forRoot(options)
        : PassModule.forRootAsync({ useFactory: () => options }),
    );
    const pass = app.get<PassInstance>(passToken());
    expect(await isOpen(pass)).toBe(true);
    await app.close();
    expect(await isOpen(pass)).toBe(false);
  });

  it('at SIGTERM, serves the requests that run, then closes the Pass, then ends the process', async () => {
    const simulator = await startSimulator();
    @Controller()
    class TvController {
      @Get('me')
      async me(@Pass() pass: PassClient): Promise<unknown> {
        return await pass.profiles.all();
      }
    }
    @Module({
      imports: [PassModule.forRoot({ ...passOptions(simulator), device })],
      controllers: [TvController],
    })
    class Application {}
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    onTestFinished(() => kill.mockRestore());
    const { app, ask } = await start(platform, Application, {
      configure: (starting) => starting.enableShutdownHooks([ShutdownSignal.SIGTERM]),
    });
    const pass = app.get<PassInstance>(passToken());
    await ask('/me', { headers: { ...tv, connection: 'close' } });
    simulator.fault({ endpoint: 'profiles', effect: { delayMs: 200 } });
    const running = ask('/me', { headers: { ...tv, connection: 'close' } });
    await vi.waitFor(() => expect(simulator.ledger.count({ endpoint: 'profiles' })).toBe(2));
    process.emit('SIGTERM', 'SIGTERM');
    expect(await running).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(kill).toHaveBeenCalledWith(process.pid, 'SIGTERM'));
    expect(await isOpen(pass)).toBe(false);
  });

  it('leaves open what it was given', async () => {
    const pass = createPass(passOptions(await startSimulator()));
    const app = await created(PassModule.forRoot({ pass, device }));
    await app.close();
    expect(await isOpen(pass)).toBe(true);
    await pass.close();
  });
});
