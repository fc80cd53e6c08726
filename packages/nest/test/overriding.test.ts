import { Controller, Get, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { deviceFromHeaders, type PassClient } from '@pass-dcr/core';
import { passOf, passOptions, startSimulator, tv } from '@pass-dcr/test-kit';
import { describe, expect, it } from 'vitest';
import { Pass, PassModule, passOptionsToken, passToken } from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { listen } from './start.js';

@Controller()
class TvController {
  @Get('me')
  async me(@Pass() pass: PassClient): Promise<unknown> {
    return await pass.profiles.all();
  }
}

/** As in production, where a test has neither the statement nor the cache. */
@Module({
  imports: [
    PassModule.forRoot({
      environment: 'release-production',
      softwareStatement: '',
      serviceProvider: 'REF30',
      cache: undefined as never,
      device: deviceFromHeaders(),
    }),
  ],
  controllers: [TvController],
})
class AppModule {}

describe(`Nest ${nestVersion}`, () => {
  it('overrideProvider(passToken()) puts a Pass of the simulator in place, and nobody makes the real one', async () => {
    const simulator = await startSimulator();
    const pass = passOf(simulator);
    const testing = await Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(passToken())
      .useValue(pass)
      .compile();
    const { app, ask } = await listen(testing.createNestApplication({ logger: false }));
    expect(await ask('/me', { headers: tv })).toMatchObject({ status: 200, json: [] });
    expect(simulator.ledger.count({ endpoint: 'token' })).toBe(1);
    await app.close();
    await expect(pass.authenticate({ identifier: 'tv-1' })).resolves.toBeUndefined();
  });

  it('overrideProvider(passOptionsToken()) puts other options in place, and nobody asks for the real ones', async () => {
    let isAsked = false;
    const productive = PassModule.forRootAsync({
      useFactory: () => {
        isAsked = true;
        throw new Error('PASS_SOFTWARE_STATEMENT is not set');
      },
    });
    const simulator = await startSimulator();
    const testing = await Test.createTestingModule({ imports: [productive], controllers: [TvController] })
      .overrideProvider(passOptionsToken())
      .useValue({ ...passOptions(simulator), device: deviceFromHeaders() })
      .compile();
    const { ask } = await listen(testing.createNestApplication({ logger: false }));
    expect(await ask('/me', { headers: tv })).toMatchObject({ status: 200, json: [] });
    expect([isAsked, simulator.ledger.count({ endpoint: 'token' })]).toEqual([false, 1]);
  });

  it('options that a test puts in place are checked as all others are', async () => {
    const testing = Test.createTestingModule({ imports: [AppModule] })
      .overrideProvider(passOptionsToken())
      .useValue({ pass: passOf(await startSimulator()), device: 'tv-1' })
      .compile();
    await expect(testing).rejects.toMatchObject({ code: 'option_invalid' });
  });

  it('without it the application would not start', async () => {
    await expect(Test.createTestingModule({ imports: [AppModule] }).compile()).rejects.toMatchObject({
      name: 'PassError',
    });
  });
});
