// One server of the fleet: Express, the middleware, a Pass on Redis. A process of its own, forked by `Worker`.
import { once } from 'node:events';
import { openSync, writeSync } from 'node:fs';
import { subscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { passEventChannel, type PassOptions } from '@pass-dcr/core';
import { createPassWith, timingWith } from '@pass-dcr/core/testing';
import { redisCache } from '@pass-dcr/redis-cache';
import { tellingPoints, variantOf } from './cacheVariants.js';
import { cannedTransport } from './cannedTransport.js';
import { connectRedis, readyAt } from './connectRedis.js';
import { createApp } from './createApp.js';
import { HandOutLog } from './HandOutLog.js';
import { Mishaps } from './Mishaps.js';
import { noteSettled } from './noteSettled.js';
import { obey } from './obey.js';
import type { Report } from './orders.js';
import { workerClock } from './workerClock.js';
import { optionsVariable, type WorkerOptions } from './WorkerOptions.js';

const firstConnectionMs = 1_000;

const options = JSON.parse(process.env[optionsVariable] ?? 'null') as WorkerOptions;
// What the process prints is looked through for secrets, and these would be its own.
delete process.env[optionsVariable];

const { name, machine, registrationsPerSecond: perSecond } = options;
const events = openSync(options.eventsFile, 'a');
subscribe(passEventChannel, (event) => void writeSync(events, `${JSON.stringify(event)}\n`));

const redis = connectRedis(options.redis, name);
const clientIsReadyAt = readyAt(redis);
const mishaps = new Mishaps(options.mishap);
const { clock, stop: stopClock } = await workerClock(options);
const cache = redisCache({ client: redis });

const passOptions: PassOptions = {
  softwareStatement: options.softwareStatement,
  serviceProvider: 'REF30',
  environment: 'local',
  baseUrl: options.upstreamUrl,
  application: 'tv',
  cache: tellingPoints(variantOf(cache, options.cache), (point) => mishaps.reached(point)),
  secret: options.secret,
  onCacheDown: options.onCacheDown,
  limits: { registrationsPerProcess: { burst: 10 * perSecond, perSecond } },
};
const pass = createPassWith(passOptions, {
  clock,
  transport: options.canned === null ? undefined : cannedTransport(options.canned),
  timing: timingWith({ machine }),
});

const log = new HandOutLog(options.logFile);
noteSettled(log);
const server = createServer(createApp(pass, name, log));
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
await once(server, 'listening');
await new Promise((resolve) => {
  redis.once('ready', resolve);
  setTimeout(resolve, redis.status === 'ready' ? 0 : firstConnectionMs);
});

const report = (message: Report): void => void process.send?.(message);

obey({ pass, name, mishaps, clientIsReadyAt }, report);
process.once('SIGTERM', () => void close());
// Whoever started it is gone.
process.once('disconnect', () => process.exit());
report({ kind: 'listening', port: (server.address() as AddressInfo).port });

async function close(): Promise<void> {
  server.close();
  await pass.close();
  server.closeAllConnections();
  await cache.close?.();
  redis.disconnect();
  stopClock();
  log.close();
  process.exit();
}
