import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { PassError, type PassClient } from '@pass-dcr/core';
import { fakePass, type FakeAnswers } from '@pass-dcr/core/testing';
import { expect, it } from 'vitest';
import { Pass, PassModule } from '../src/index.js';
import { listen } from './start.js'; // yours: serves on a free port

@Controller('api')
class TvController {
  @Get('me')
  async me(@Pass() client: PassClient): Promise<{ readonly isSignedIn: boolean }> {
    const profiles = await client.profiles.all();
    return { isSignedIn: profiles.length > 0 };
  }
}

/** An application with a controller under test, and a Pass that answers what the test says. */
async function appWith(answers: FakeAnswers): Promise<INestApplication> {
  const pass = PassModule.forRoot({ pass: fakePass(answers), device: () => ({ identifier: 'tv-1' }) });
  @Module({ imports: [pass], controllers: [TvController] })
  class AppModule {}
  const testing = await Test.createTestingModule({ imports: [AppModule] }).compile();
  return testing.createNestApplication({ logger: false });
}

it('says that nobody is signed in', async () => {
  const { ask } = await listen(await appWith({ profiles: { all: [] } }));
  expect((await ask('/api/me')).json).toEqual({ isSignedIn: false });
});

it('tells what Adobe Pass refuses, and what keeps a device from a token', async () => {
  const fail = async (): Promise<never> => {
    throw new PassError('upstream_unavailable', 'Adobe Pass is away');
  };
  for (const answers of [{ profiles: { all: fail } }, { accessToken: fail }]) {
    const { ask } = await listen(await appWith(answers));
    expect((await ask('/api/me')).status).toBe(502);
  }
});
