import { audit } from '../stage/audit.js';
import { until } from '../stage/until.js';
import { register } from './lossScenario.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

const servedAgainMs = 5_000;

export const outOfMemory: Scenario = {
  name: 'out-of-memory',
  summary:
    'Redis is full and takes no writes: nothing is registered, known devices go on, and all is well afterwards',
  inShort: false,
  async run(stage) {
    const { claims, driver, chronicle } = stage;
    const upstream = await stage.startUpstream();
    const known = numbers(1, 50);
    const fresh = numbers(101, 20);
    const server = await stage.startRedis({ config: { 'maxmemory-policy': 'noeviction' } });
    const redis = { kind: 'single', at: server } as const;
    const workers = await stage.startFleet(2, { redis });
    const [worker] = workers;
    if (worker === undefined) return;
    await register(stage, workers, known);
    const isOver = chronicle.disturbed('redis-unreachable', null);
    await server.command('CONFIG', 'SET', 'maxmemory', '1mb');
    const before = await upstream.count('register');
    const refused = await driver.callEach(worker, fresh);
    const codes = refused.map(({ end }) =>
      end.kind === 'answered' ? `${end.status} ${end.code ?? ''}` : end.kind,
    );
    claims.claim(
      'new devices are told to come back',
      codes.every((code) => code.startsWith('503')),
      [...new Set(codes)].join(', '),
    );
    claims.equal('registrations meanwhile', (await upstream.count('register')) - before, 0);
    // Known to the other process, and read from Redis, which can still be read.
    const all = await Promise.all(workers.map((each) => driver.callEach(each, known)));
    claims.equal(
      'known devices served, by both processes',
      all.flat().filter(({ clientId }) => clientId !== null).length,
      2 * known.length,
    );
    await server.command('CONFIG', 'SET', 'maxmemory', '0');
    isOver();
    const back = await until(
      async () => (await driver.callEach(worker, fresh)).every(({ clientId }) => clientId !== null),
      { withinMs: 15_000, everyMs: 100 },
    );
    claims.atMost('new devices served again', back ?? Infinity, servedAgainMs, 'ms');
    const audits = await audit(stage, [...known, ...fresh], { redis });
    await stage.judge({ audits });
  },
};
