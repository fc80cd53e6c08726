import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { PassHealthIndicator, SkipPass } from '../../../src/index.js';

@SkipPass()
@Controller()
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(PassHealthIndicator) private readonly passHealth: PassHealthIndicator,
  ) {}

  @Get('readyz')
  @HealthCheck()
  async readyz(): Promise<HealthCheckResult> {
    return await this.health.check([() => this.passHealth.isHealthy()]);
  }
}
