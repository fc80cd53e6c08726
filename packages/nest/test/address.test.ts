import { channel } from 'node:diagnostics_channel';
import { Controller, Get, Module } from '@nestjs/common';
import { deviceFromHeaders, passEventChannel } from '@pass-dcr/core';
import { passOf, startSimulator } from '@pass-dcr/test-kit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PassModule } from '../src/index.js';
import { nestVersion } from './nestVersion.js';
import { platforms } from './platforms.js';
import { start } from './start.js';

@Controller()
class PlainController {
  @Get('plain')
  plain(): string {
    return 'plain';
  }
}

describe.each(platforms)(`Nest ${nestVersion} on $name`, (platform) => {
  it.each([
    [true, 1],
    [false, 0],
    ['loopback', 0],
    [2, 0],
  ])(
    'trusting proxies by %s gives %i warnings that any client can choose its address',
    async (trustProxy, count) => {
      const warnings: unknown[] = [];
      const listen = (event: unknown): void => {
        if ((event as { code?: string }).code === 'trust_proxy_open') warnings.push(event);
      };
      channel(passEventChannel).subscribe(listen);
      onTestFinished(() => {
        channel(passEventChannel).unsubscribe(listen);
      });
      const pass = passOf(await startSimulator());
      @Module({
        imports: [PassModule.forRoot({ pass, device: deviceFromHeaders() })],
        controllers: [PlainController],
      })
      class Application {}
      const { ask } = await start(platform, Application, { trustProxy });
      for (const path of ['/plain', '/plain']) expect(await ask(path)).toMatchObject({ status: 200 });
      expect(warnings).toHaveLength(count);
    },
  );
});
