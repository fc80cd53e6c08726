import { audit } from '../stage/audit.js';
import { until } from '../stage/until.js';
import { register, storedPairs } from './lossScenario.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

/** Long after the reconnection, and long before any token is due. */
const ownWithinMs = 5_000;

export const ephemeral: Scenario = {
  name: 'ephemeral',
  summary:
    "onCacheDown: 'ephemeral': served without Redis; what is stored wins afterwards, and the rest is stored",
  inShort: false,
  async run(stage) {
    const { claims, driver, chronicle } = stage;
    const [stored, fresh] = [numbers(1, 20), numbers(101, 20)];
    await stage.startUpstream();
    const server = await stage.startRedis();
    const proxy = await stage.startProxy(server);
    const direct = { kind: 'single', at: server } as const;
    const filler = await stage.startWorker('filler', { redis: direct });
    await register(stage, [filler], stored);
    const before = new Map(chronicle.pairs);
    await filler.close();
    const settings = { redis: { kind: 'single', at: proxy }, onCacheDown: 'ephemeral' } as const;
    const worker = await stage.startWorker('w1', settings);
    const isOver = chronicle.disturbed('redis-down', null);
    await proxy.refuse();
    const alone = await driver.callEach(worker, [...stored, ...fresh]);
    claims.equal(
      'devices served without Redis',
      alone.filter(({ clientId }) => clientId !== null).length,
      alone.length,
    );
    await proxy.heal();
    isOver();
    const wanted = stored.length + fresh.length;
    const isStored = async (): Promise<boolean> => {
      await driver.callEach(worker, [...stored, ...fresh]);
      return (await storedPairs(server)) === wanted;
    };
    const ms = await until(isStored, { withinMs: 20_000, everyMs: 200 });
    claims.claim(
      'pairs of new devices stored afterwards',
      ms !== null,
      ms === null ? `${await storedPairs(server)} of ${wanted}` : `after ${Math.round(ms)} ms`,
    );
    const audits = await audit(stage, [...stored, ...fresh], { redis: direct });
    const found = new Map(audits.map(({ device, clientId }) => [device, clientId]));
    claims.equal(
      'devices that have their stored pair again',
      stored.filter((device) => found.get(device) === before.get(device)).length,
      stored.length,
    );
    const own = fresh.filter((device, index) => found.get(device) === alone[stored.length + index]?.clientId);
    claims.equal('new devices that kept the pair they were served with', own.length, fresh.length);
    let agreeing = 0;
    await until(
      async () => {
        const last = await driver.callEach(worker, stored);
        agreeing = stored.filter((device, index) => last[index]?.clientId === before.get(device)).length;
        return agreeing === stored.length;
      },
      { withinMs: ownWithinMs, everyMs: 200 },
    );
    claims.equal('devices that the process itself serves with their stored pair', agreeing, stored.length);
    // It is what the option is for: a device is switched to a pair of the moment, and back.
    await stage.judge({ asserts: false });
  },
};
