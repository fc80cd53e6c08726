// A server process of its own, started with --expose-gc: meets so many new devices of one /64, and says how its heap grew.
// Runs the built package, as a server would.
import { createPass, memoryCache } from '@pass-dcr/core';

const { baseUrl, softwareStatement, warmUp, devices, burst, atOnce } = JSON.parse(process.argv[2]);
const pass = createPass({
  softwareStatement,
  serviceProvider: 'REF30',
  environment: 'local',
  baseUrl,
  application: 'tv',
  cache: memoryCache(),
  limits: {
    registrationsPerAddress: { burst, perSecond: 0.001 },
    registrationsPerProcess: { burst: 100_000, perSecond: 1 },
  },
});

let met = 0;
let served = 0;
let refused = {};

async function meet(count) {
  for (let left = count; left > 0; left -= atOnce) {
    const batch = Array.from({ length: Math.min(atOnce, left) }, async () => {
      met += 1;
      const device = { identifier: `invented-${met}`, address: `2001:db8:dead:beef::${met.toString(16)}` };
      try {
        await pass.client(device).accessToken();
        served += 1;
      } catch (error) {
        refused[error.code] = (refused[error.code] ?? 0) + 1;
      }
    });
    await Promise.all(batch);
  }
}

async function heapBytes() {
  // Timers of the last calls, sockets and weak references end over several turns.
  for (let turn = 0; turn < 5; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}

await pass.client({ identifier: 'known', address: '2001:db8:1::7' }).accessToken();
// What the first devices cost is the code's: it is compiled.
await meet(warmUp);
[served, refused] = [0, {}];
const before = await heapBytes();
await meet(devices);
const grownBytes = (await heapBytes()) - before;
process.stdout.write(JSON.stringify({ served, refused, grownBytes }));
await pass.close();
