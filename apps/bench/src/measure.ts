// One group of measurements in a process of its own: heaps, caches and inline caches of one say nothing about another.
import { awaitedHit } from './awaitedHit.js';
import { bursts } from './bursts.js';
import { expressRouter, expressRouterHeaders } from './expressRouter.js';
import { koaMiddleware } from './koaMiddleware.js';
import { mapFootprint, poolFootprint } from './memory.js';
import { synchronousHit } from './synchronousHit.js';

const measurements: Readonly<Record<string, (size: number) => Promise<unknown>>> = {
  awaitedHit,
  synchronousHit,
  expressRouter,
  expressRouterHeaders,
  koaMiddleware,
  bursts,
  poolFootprint,
  mapFootprint,
};

const [, , name = '', size = ''] = process.argv;
const measurement = measurements[name];
if (measurement === undefined || process.send === undefined)
  throw new Error('This program is started by main.js.');
const found = await measurement(Number(size));
process.send(found, () => process.exit(0));
