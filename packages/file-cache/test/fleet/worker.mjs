// One server process: a Pass on a file cache, told by its parent which devices to authenticate, and how often.
// Runs the built packages, as a server would.
import { createPassWith, followClock, timingWith } from '@pass-dcr/core/testing';
import { fileCache } from '@pass-dcr/file-cache';

const options = JSON.parse(process.env.FLEET_WORKER);
const {
  baseUrl,
  softwareStatement,
  path,
  secret,
  machine,
  replacement,
  allowedReplacements,
  dieAtStore,
  followsSimulator,
  asksForProfiles,
} = options;
const cache = fileCache({ path });
const followed = followsSimulator ? await followClock(baseUrl) : null;
let stores = 0;

/** The file cache; with `dieAtStore`, the process is killed when that many pairs are about to be stored. */
const mortalCache = {
  scope: cache.scope,
  read: (...args) => cache.read(...args),
  swap(key, ...args) {
    if (key.endsWith(':c')) {
      stores += 1;
      if (stores === dieAtStore) process.kill(process.pid, 'SIGKILL');
    }
    return cache.swap(key, ...args);
  },
};

const pass = createPassWith(
  {
    softwareStatement,
    serviceProvider: 'REF30',
    environment: 'local',
    baseUrl,
    application: 'tv',
    cache: mortalCache,
    secret,
  },
  { clock: followed?.clock, timing: timingWith({ machine, replacement }) },
);

if (allowedReplacements !== undefined)
  await pass.allowReplacement({ forMs: 86_400_000, maxDevices: allowedReplacements });

/** The client id is the subject of the token, which is a JWT of the simulator. */
function clientIdOf(token) {
  return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString()).sub;
}

function deviceNumber(n) {
  return { identifier: `device-${n}`, address: `2001:db8:0:${n.toString(16)}::7` };
}

/** An advance of the simulator's clock takes a moment to come here. */
async function catchUp() {
  const response = await fetch(new URL('/__simulator/clock', baseUrl));
  const { nowMs } = await response.json();
  while (followed.clock.now() < nowMs - 1_000) await new Promise((resolve) => setTimeout(resolve, 5));
}

async function authenticate({ devices, requestsEach }) {
  if (followed !== null) await catchUp();
  const clientIds = {};
  const failures = {};
  await Promise.all(
    devices.flatMap((n) =>
      Array.from({ length: requestsEach }, async () => {
        try {
          const client = pass.client(deviceNumber(n));
          if (asksForProfiles) await client.profiles.all();
          const clientId = clientIdOf(await client.accessToken());
          // Whatever happens to this process later, this pair has been used.
          process.send({ handedOut: { device: n, clientId } });
          (clientIds[n] ??= new Set()).add(clientId);
        } catch (error) {
          failures[error.code ?? error.message] = (failures[error.code ?? error.message] ?? 0) + 1;
        }
      }),
    ),
  );
  const answer = Object.fromEntries(Object.entries(clientIds).map(([n, ids]) => [n, [...ids]]));
  process.send({ answer: { clientIds: answer, failures } });
}

async function stop() {
  followed?.stop();
  await pass.close();
  await cache.close();
}

process.on('message', (order) => void authenticate(order));
process.on('disconnect', () => void stop());

process.send({ ready: true });
