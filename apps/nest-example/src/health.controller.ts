import { Controller, Get, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { PassHealthIndicator, SkipPass } from '@pass-dcr/nest';

@SkipPass()
@Controller()
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(PassHealthIndicator) private readonly passHealth: PassHealthIndicator,
  ) {}

  @Get('healthz')
  healthz(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('readyz')
  @HealthCheck()
  async readyz(): Promise<HealthCheckResult> {
    return await this.health.check([async () => await this.passHealth.isHealthy()]);
  }
}
