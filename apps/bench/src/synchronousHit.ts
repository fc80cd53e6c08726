import { deviceIdentifier, randomIndexes, randomToken } from './devices.js';
import { createLocalPass, fill, internalsOf, type InboundClient } from './localPass.js';
import { number, ratio, type Section } from './report.js';
import { timeArms, type Arm } from './stopwatch.js';

const devices = 1_000;

/** The same without a promise, which is how the adapters ask whether a request has to wait; 1 000 devices in turn. */
export async function synchronousHit(rounds: number): Promise<Section> {
  const pass = createLocalPass(devices);
  await fill(pass, devices);
  const internals = internalsOf(pass);
  const order = randomIndexes(4_096, devices, 7);
  const identifiers = Array.from({ length: devices }, (_, index) => deviceIdentifier(index));
  const inOrder = order.map((index) => identifiers[index] ?? '');
  const existing: InboundClient[] = identifiers.map((identifier) =>
    internals.client({ identifier }, undefined),
  );
  const clients = order.flatMap((index) => existing[index] ?? []);
  const described = inOrder.map((identifier) => ({ identifier }));
  const servableUntil = Date.now() + 86_400_000;
  const entries = new Map(
    identifiers.map((identifier) => [identifier, { accessToken: randomToken(), servableUntil }]),
  );

  let hits = 0;
  const all = (times: number): void => {
    if (hits !== times) throw new Error(`${hits} hits in ${times} look-ups`);
    hits = 0;
  };
  const bareArm = (name: string): Arm => ({
    name,
    run(times) {
      for (let time = 0; time < times; time += 1) {
        const entry = entries.get(inOrder[time & 4_095] ?? '');
        if (entry !== undefined && Date.now() < entry.servableUntil) hits += 1;
      }
      all(times);
    },
  });
  const timings = await timeArms(
    [
      bareArm('Map.get and Date.now'),
      bareArm('the same again (A/A)'),
      {
        name: 'client that exists: needsToken',
        run(times) {
          for (let time = 0; time < times; time += 1) {
            const client = clients[time & 4_095];
            if (client !== undefined && !client.needsToken()) hits += 1;
          }
          all(times);
        },
      },
      {
        name: 'client made for it: needsToken',
        run(times) {
          for (let time = 0; time < times; time += 1) {
            if (!internals.client(described[time & 4_095], undefined).needsToken()) hits += 1;
          }
          all(times);
        },
      },
    ],
    { rounds },
  );
  await pass.close();
  return {
    title: `Synchronous hit: ${number(devices)} devices`,
    columns: ['without a promise', 'ns', 'to the first'],
    rows: timings.map(({ name, ns, ratio: toFirst }) => [name, number(ns), ratio(toFirst)]),
    checks: [],
  };
}
