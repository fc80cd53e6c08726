// One way of calling, in a process of its own. Arguments: its name, the origin, how many calls. Tells the processor time of
// a call in microseconds.
import { createRequire } from 'node:module';
import { createPass, memoryCache } from '@pass-dcr/core';

/** The part of undici that is used: of the very copy that core has. */
interface Undici {
  readonly Pool: new (origin: string) => {
    request(options: object): Promise<{ readonly body: { text(): Promise<string> } }>;
  };
}

type Call = () => Promise<unknown>;

const path = '/api/v2/REF30/profiles';
/** In flight at once: as many requests as a busy server has. */
const together = 16;

const [, , name = '', origin = '', count = ''] = process.argv;

/** Beyond a few calls in a row for one address, the next waits for the answer of the last: no viewer is like that. */
const addresses = 4_096;

const headers = {
  'accept-encoding': 'identity',
  accept: 'application/json;charset=utf-8',
  'ap-device-identifier': `fingerprint ${Buffer.from('a device of the bench').toString('base64')}`,
  'x-forwarded-for': '203.0.113.7',
  'user-agent': 'bench/1',
  authorization: `Bearer ${'t'.repeat(600)}`,
};

function undiciCall(): Call {
  const { Pool } = createRequire(createRequire(import.meta.url).resolve('@pass-dcr/core'))(
    'undici',
  ) as Undici;
  const pool = new Pool(origin);
  return async () => {
    const { body } = await pool.request({ path, method: 'GET', headers });
    return JSON.parse(await body.text()) as unknown;
  };
}

function passCall(): Call {
  const pass = createPass({
    environment: 'local',
    baseUrl: origin,
    serviceProvider: 'REF30',
    softwareStatement: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJiZW5jaCJ9.c2lnbmF0dXJl',
    cache: memoryCache(),
  });
  const clients = Array.from({ length: addresses }, (_, index) =>
    pass.client({
      identifier: 'a device of the bench',
      address: `198.18.${index >> 8}.${index & 255}`,
      userAgent: 'bench/1',
    }),
  );
  let next = 0;
  return async () => {
    next = (next + 1) % addresses;
    return (await clients[next]?.request('GET', path))?.body;
  };
}

function fetchCall(): Call {
  return async () => await (await fetch(`${origin}${path}`, { headers })).json();
}

const calls: Readonly<Record<string, () => Call>> = { undici: undiciCall, pass: passCall, fetch: fetchCall };

async function make(call: Call, times: number): Promise<void> {
  let left = times;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const answer = await call();
      if (typeof answer !== 'object' || answer === null || !('profiles' in answer))
        throw new Error('no profiles');
    }
  };
  await Promise.all(Array.from({ length: together }, worker));
}

const call = calls[name]?.();
if (call === undefined) throw new Error('This program is started by upstreamCalls.js.');
const times = Number(count);
await make(call, times);
const started = process.cpuUsage();
await make(call, times);
const { user, system } = process.cpuUsage(started);
process.send?.((user + system) / times, () => process.exit(0));
