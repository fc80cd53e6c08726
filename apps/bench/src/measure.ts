// One group of measurements in a process of its own: heaps, caches and inline caches of one say nothing about another.
// It loads nothing of the others either: all together, they made a request of Koa 40 ns slower.
type Measurement = (size: number) => Promise<unknown>;

const measurements: Readonly<Record<string, () => Promise<Measurement>>> = {
  awaitedHit: async () => (await import('./awaitedHit.js')).awaitedHit,
  synchronousHit: async () => (await import('./synchronousHit.js')).synchronousHit,
  expressRouter: async () => (await import('./expressRouter.js')).expressRouter,
  expressRouterHeaders: async () => (await import('./expressRouter.js')).expressRouterHeaders,
  koaMiddleware: async () => (await import('./koaMiddleware.js')).koaMiddleware,
  bursts: async () => (await import('./bursts.js')).bursts,
  upstreamCalls: async () => (await import('./upstreamCalls.js')).upstreamCalls,
  poolFootprint: async () => (await import('./memory.js')).poolFootprint,
  mapFootprint: async () => (await import('./memory.js')).mapFootprint,
};

const [, , name = '', size = ''] = process.argv;
const load = measurements[name];
if (load === undefined || process.send === undefined) throw new Error('This program is started by main.js.');
const measurement = await load();
const found = await measurement(Number(size));
process.send(found, () => process.exit(0));
