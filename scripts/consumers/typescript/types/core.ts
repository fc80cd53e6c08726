import {
  createPass,
  deviceFromHeaders,
  isPassError,
  memoryCache,
  toProblem,
  type Configuration,
  type Pass,
  type PassCache,
  type PassClient,
  type PassErrorCode,
  type Problem,
  type Profile,
  type Readiness,
} from '@pass-dcr/core';
import { fileCache } from '@pass-dcr/file-cache';
import { createSimulator, type LedgerEntry } from '@pass-dcr/simulator';
import { expectType } from './expectType.js';

export async function usesCore(error: unknown): Promise<void> {
  const pass = createPass({
    environment: 'local',
    baseUrl: 'http://127.0.0.1',
    softwareStatement: 'statement',
    serviceProvider: 'REF30',
    cache: memoryCache(),
  });
  expectType<Pass>()(pass);
  expectType<Readiness>()(await pass.readiness());
  const client = pass.client({ identifier: 'tv-1' });
  expectType<PassClient>()(client);
  expectType<readonly Profile[]>()(await client.profiles.all());
  expectType<Configuration>()(await client.configuration());
  expectType<unknown>()((await client.request('GET', '/api/v2/x')).body);
  expectType<Problem | undefined>()(toProblem(error));
  if (isPassError(error)) expectType<PassErrorCode>()(error.code);
  deviceFromHeaders()({ headers: {} });
}

export async function usesOthers(): Promise<void> {
  const cache: PassCache = fileCache({ path: 'cache' });
  await cache.close?.();
  const simulator = await createSimulator();
  expectType<LedgerEntry[]>()(simulator.ledger.entries());
}
