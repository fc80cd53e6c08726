import { Controller, Get, Inject, Module } from '@nestjs/common';
import { HealthCheckService, TerminusModule, type HealthCheckResult } from '@nestjs/terminus';
import { deviceFromHeaders, memoryCache, type PassCache } from '@pass-dcr/core';
import { passOptions, startSimulator } from '@pass-dcr/test-kit';
import { describe, expect, it } from 'vitest';
import { PassHealthIndicator, PassModule, SkipPass } from '../src/index.js';
import { nestVersion, versionOf } from './nestVersion.js';
import { platforms } from './platforms.js';
import { start } from './start.js';

@SkipPass()
@Controller()
class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(PassHealthIndicator) private readonly passHealth: PassHealthIndicator,
  ) {}

  @Get('readyz')
  async readyz(): Promise<HealthCheckResult> {
    return await this.health.check([
      async () => await this.passHealth.isHealthy(),
      async () => await this.passHealth.isHealthy('sports'),
      async () => await this.passHealth.isHealthy('another key', 'sports'),
    ]);
  }
}

/** A cache that is down. */
function brokenCache(): PassCache {
  const { scope } = memoryCache();
  const fail = async (): Promise<never> => await Promise.reject(new Error('secret-host:6379 refused'));
  const finding = { level: 'error', code: 'unreachable', message: 'secret-host:6379 refused' } as const;
  return { scope, read: fail, swap: fail, check: async () => await Promise.resolve([finding]) };
}

const terminus = versionOf('@nestjs/terminus');

describe.each(platforms)(`terminus ${terminus}, Nest ${nestVersion} on $name`, (platform) => {
  const readiness = async (sportsCache: PassCache): Promise<unknown> => {
    const simulator = await startSimulator();
    const device = deviceFromHeaders();
    @Module({
      imports: [
        TerminusModule.forRoot({ logger: false }),
        PassModule.forRoot({ ...passOptions(simulator), device }),
        PassModule.forRoot({
          name: 'sports',
          ...passOptions(simulator, 'sports'),
          cache: sportsCache,
          device,
        }),
      ],
      controllers: [HealthController],
    })
    class Application {}
    const { ask } = await start(platform, Application);
    const { status, json } = await ask('/readyz');
    return { status, json };
  };

  it('is up once the cache can be read', async () => {
    const up = { status: 'up', findings: [] };
    expect(await readiness(memoryCache())).toMatchObject({
      status: 200,
      json: { status: 'ok', details: { pass: up, sports: up, 'another key': up } },
    });
  });

  it('is down while it cannot, with codes that tell no visitor of paths and hosts', async () => {
    const answer = await readiness(brokenCache());
    expect(answer).toMatchObject({
      status: 503,
      json: {
        status: 'error',
        info: { pass: { status: 'up' } },
        error: { sports: { status: 'down', findings: expect.arrayContaining(['unreachable']) } },
      },
    });
    expect(JSON.stringify(answer)).not.toContain('secret-host');
  });
});
