import { audit } from '../stage/audit.js';
import { killPoints } from '../worker/Mishap.js';
import type { Scenario } from './Scenario.js';

export const killedBetween: Scenario = {
  name: 'killed-between',
  summary:
    'kill -9 at each point between lease and stored token: others wait for the lease at most, nothing is lost',
  inShort: false,
  async run(stage) {
    const { driver, claims } = stage;
    await stage.startUpstream();
    const redis = { kind: 'single', at: await stage.startRedis() } as const;
    await stage.watch(redis.at);
    const survivor = await stage.startWorker('survivor', { redis });
    const victims = await Promise.all(
      killPoints.map((point) => stage.startWorker(point, { redis, mishap: { point, signal: 'SIGKILL' } })),
    );
    await Promise.all(
      victims.map(async (victim, device) => {
        const call = driver.call(victim, device);
        await victim.ended();
        const { clientId, ms } = await driver.call(survivor, device);
        await call;
        claims.claim(
          `killed at ${victim.name}: the survivor serves the device`,
          clientId !== null,
          `after ${ms} ms`,
        );
      }),
    );
    const audits = await audit(stage, [...killPoints.keys()], { redis });
    const { figures } = await stage.judge({ audits });
    // Only the answer to a registration can be lost with the process; whatever is stored is found.
    claims.equal('registrations', figures.registrations, killPoints.length + 1);
    claims.equal('orphans', figures.orphans, 1);
  },
};
