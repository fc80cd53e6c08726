import { audit } from '../stage/audit.js';
import { until } from '../stage/until.js';
import { numbers } from './numbers.js';
import type { Scenario } from './Scenario.js';

/** Which write loses its reply: it is cut while the call before it is on its way. */
const cutDuring = ['nothing', 'register', 'token'] as const;
const writes = { nothing: 'the lease', register: 'the pair', token: 'the token' } as const;
/** Adobe Pass takes so long, so that there is time to set the trap. */
const upstreamMs = 250;

export const cutReply: Scenario = {
  name: 'cut-reply',
  summary:
    'Redis carries out a write and its reply is cut, for each write of a registration: nothing comes twice',
  inShort: false,
  async run(stage) {
    const { driver, claims, options } = stage;
    const perWrite = options.short ? 1 : 3;
    const upstream = await stage.startUpstream({ registerDelayMs: upstreamMs });
    await upstream.simulator.fault({ endpoint: 'token', count: Infinity, effect: { delayMs: upstreamMs } });
    const server = await stage.startRedis();
    const proxy = await stage.startProxy(server);
    await stage.watch(server);
    const redis = { kind: 'single', at: proxy } as const;
    const worker = await stage.startWorker('w1', { redis });
    await driver.call(worker, 0);
    stage.chronicle.disturbed('redis-connections-cut', null);
    const devices = numbers(1, cutDuring.length * perWrite);
    for (const [index, during] of cutDuring.entries()) {
      let cuts = 0;
      let served = 0;
      for (const device of devices.slice(index * perWrite, (index + 1) * perWrite)) {
        const before = during === 'nothing' ? 0 : await upstream.count(during);
        const cut = (): Promise<void> =>
          proxy.cutReplyOnce({ command: 'EVALSHA' }).then(() => void (cuts += 1));
        const first = during === 'nothing' ? cut() : null;
        const call = driver.call(worker, device);
        if (during !== 'nothing')
          await until(async () => (await upstream.count(during)) > before, { withinMs: 5_000 });
        await Promise.all([first ?? cut(), call]);
        if ((await call).clientId !== null) served += 1;
      }
      claims.equal(`replies cut that were of ${writes[during]}`, cuts, perWrite);
      claims.equal('devices served', served, perWrite);
    }
    const audits = await audit(stage, devices, { redis });
    const { figures } = await stage.judge({ audits });
    claims.equal('registrations', figures.registrations, devices.length + 1);
    claims.equal('orphans', figures.orphans, 0);
  },
};
