import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { memoryCache } from '@pass-dcr/core';
import { createSimulator, type Simulator } from '@pass-dcr/simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { AppModule } from './app.module.js';
import { PassSettings } from './pass.settings.js';

let simulator: Simulator;
let app: INestApplication;

beforeEach(async () => {
  simulator = await createSimulator();
  const createPassOptions = (): object => ({
    environment: 'local',
    baseUrl: simulator.url,
    softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
    serviceProvider: 'REF30',
    cache: memoryCache(),
    device: () => ({ identifier: 'tv-1' }),
  });
  const testing = await Test.createTestingModule({ imports: [AppModule] })
    .overrideProvider(PassSettings)
    .useValue({ createPassOptions })
    .compile();
  app = testing.createNestApplication();
  await app.listen(0, '127.0.0.1');
});

afterEach(async () => {
  await app.close();
  await simulator.close();
});

it('tells a device who has signed in on it', async () => {
  simulator.signIn({ deviceIdentifier: 'tv-1', serviceProvider: 'REF30', mvpd: 'Cablevision' });
  const response = await fetch(`${await app.getUrl()}/api/me`);
  expect(await response.json()).toMatchObject([{ mvpd: 'Cablevision' }]);
  expect(simulator.ledger.count({ endpoint: 'register' })).toBe(1);
});

it('says when to come back while Adobe Pass throttles', async () => {
  simulator.fault({ endpoint: 'profiles', count: Infinity, effect: { status: 503 } });
  const response = await fetch(`${await app.getUrl()}/api/me`);
  expect(await response.json()).toMatchObject({ code: 'upstream_unavailable' });
});
