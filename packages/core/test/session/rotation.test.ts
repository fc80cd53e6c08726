import { describe, expect, it } from 'vitest';
import { createSealer } from '../../src/cache/sealing.js';
import type { PassOptions } from '../../src/options.js';
import type { Pass } from '../../src/Pass.js';
import type { ResealSummary } from '../../src/Pass.js';
import { createHarness, deviceNumber, hourMs, times, type Harness } from './harness.js';

const [a, b, c] = [
  'the first secret, which names the records',
  'the second secret, which follows it later',
  'the third secret, which ends the rotation',
];

interface Server {
  readonly pass: Pass;
  readonly running: Set<Promise<unknown>>;
}

/** The servers of a fleet, of which one after the other is replaced while devices keep calling. */
class Fleet implements AsyncDisposable {
  readonly failures: unknown[] = [];
  /** Calls of each worker. */
  readonly #calls = times(8, () => 0);
  readonly #servers: Server[];
  readonly #traffic: Promise<unknown>;
  #isOver = false;
  #mayCall = Promise.resolve();

  constructor(
    readonly harness: Harness,
    secret: PassOptions['secret'],
    readonly devices: number,
  ) {
    this.#servers = times(3, () => this.#start(secret));
    this.#traffic = Promise.all(this.#calls.map(async (_, worker) => await this.#call(worker)));
  }

  async deploy(secret: PassOptions['secret']): Promise<void> {
    for (const index of this.#servers.keys()) {
      const [old] = this.#servers.splice(index, 1, this.#start(secret));
      await Promise.allSettled([...(old?.running ?? [])]);
      await old?.pass.close();
      await this.#everyCall();
    }
  }

  /**
   * Every device needs a new token afterwards, so its credentials are read under its lease. No call is under way while
   * time passes: it would have waited all that time.
   */
  async letTokensExpire(begin: () => unknown = () => undefined): Promise<void> {
    const { promise, resolve } = gate();
    this.#mayCall = promise;
    while (this.#servers.some(({ running }) => running.size > 0))
      await new Promise((resume) => setImmediate(resume));
    this.harness.advance(7 * hourMs);
    begin();
    resolve();
    await this.#everyCall();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#traffic;
  }

  #start(secret: PassOptions['secret']): Server {
    return { pass: this.harness.createPass({ secret }), running: new Set() };
  }

  /** Every worker asks every server for every device at least once. */
  async #everyCall(): Promise<void> {
    const until = this.#calls.map((count) => count + this.devices * this.#servers.length + 1);
    while (this.#calls.some((count, worker) => count < (until[worker] ?? 0)))
      await new Promise((resolve) => setImmediate(resolve));
  }

  async #call(worker: number): Promise<void> {
    for (let n = worker; !this.#isOver; n += 1) {
      await this.#mayCall;
      const server = this.#servers[n % this.#servers.length];
      if (server === undefined) return;
      const call = server.pass
        .client(deviceNumber(n % this.devices))
        .accessToken()
        .catch((error: unknown) => this.failures.push(error));
      server.running.add(call);
      await call;
      // A token in memory takes no turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      server.running.delete(call);
      this.#calls[worker] = n - worker + 1;
    }
  }
}

function gate(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((open) => (resolve = open));
  return { promise, resolve };
}

/** The record of the key space, and what keeps processes of the format of before away. */
const ofTheSpace = 2;

/** How many lasting records open with each secret alone. */
async function sealedWith({ cache }: Harness, secrets: readonly string[]): Promise<readonly number[]> {
  const counts = secrets.map(() => 0);
  for await (const keys of cache.keys?.('pass-dcr:') ?? []) {
    for (const key of keys.filter((one) => one.endsWith(':c') || one.endsWith(':meta'))) {
      const [entry] = await cache.read([key]);
      for (const [index, secret] of secrets.entries())
        if (createSealer([secret]).open(key, entry?.value ?? '').ok) counts[index] = (counts[index] ?? 0) + 1;
    }
  }
  return counts;
}

describe('a secret is replaced while the fleet serves', () => {
  it('with no request that fails and no device that is registered twice, also the second time', async () => {
    const devices = 40;
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    await using fleet = new Fleet(harness, a, devices);
    await fleet.letTokensExpire();
    expect(await sealedWith(harness, [a, b])).toEqual([devices + ofTheSpace, 0]);

    await fleet.deploy([a, b, a]);
    await fleet.letTokensExpire();
    expect(await sealedWith(harness, [a, b])).toEqual([devices + ofTheSpace, 0]);
    await fleet.deploy([b, a]);
    await fleet.letTokensExpire();
    // The rest is of devices that got their tokens from a process which had read their credentials before.
    expect((await sealedWith(harness, [b]))[0]).toBeGreaterThan(devices / 2);
    expect(await harness.createPass({ secret: [b, a] }).reseal()).toMatchObject({ complete: true });
    expect(await sealedWith(harness, [a, b])).toEqual([0, devices + ofTheSpace]);

    await fleet.deploy([b, c, b, a]);
    await fleet.letTokensExpire();
    await fleet.deploy([c, b, a]);
    const sweeps: Promise<ResealSummary>[] = [];
    await fleet.letTokensExpire(() =>
      sweeps.push(...times(3, async () => await harness.createPass({ secret: [c, b, a] }).reseal())),
    );
    for (const { complete, failed, unreadable } of await Promise.all(sweeps))
      expect({ complete, failed, unreadable }).toEqual({ complete: true, failed: 0, unreadable: 0 });
    expect(await sealedWith(harness, [a, b, c])).toEqual([0, 0, devices + ofTheSpace]);
    await fleet.deploy([c, a]);
    await fleet.letTokensExpire();

    expect(fleet.failures).toEqual([]);
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(devices);
    expect(simulator.clients()).toHaveLength(devices);
  });
});

describe('a secret that is removed too early', () => {
  it('from the middle turns those devices away that it sealed, until it is back, and registers nobody', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const [sealedByB, sealedByC] = [deviceNumber(1), deviceNumber(2)];
    await harness
      .createPass({ secret: [b, a] })
      .client(sealedByB)
      .accessToken();
    const rotated = harness.createPass({ secret: [c, b, a] });
    await rotated.client(sealedByC).accessToken();
    await rotated.close();

    const early = harness.createPass({ secret: [c, a] });
    await early.client(sealedByC).accessToken();
    await expect(early.client(sealedByB).accessToken()).rejects.toMatchObject({
      code: 'cache_record_unreadable',
      viewerMustSignIn: false,
    });
    expect(await early.reseal()).toMatchObject({ complete: false, unreadable: 2, failed: 0 });
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(2);
    await early.close();

    harness.advance(7 * hourMs);
    const repaired = harness.createPass({ secret: [c, b, a] });
    await repaired.client(sealedByB).accessToken();
    await repaired.client(sealedByC).accessToken();
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(2);
    expect(simulator.clients()).toHaveLength(2);
  });

  it('from the end turns every device away that is not in memory, until it is back, and registers nobody', async () => {
    await using harness = await createHarness({ throttle: 'off' });
    const { simulator } = harness;
    const devices = times(5, (n) => deviceNumber(n));
    const first = harness.createPass({ secret: [b, a] });
    await Promise.all(devices.map(async (device) => await first.client(device).accessToken()));
    await first.close();

    const early = harness.createPass({ secret: b });
    expect(await early.readiness()).toMatchObject({
      findings: [{ level: 'error', code: 'secret_mismatch' }],
    });
    for (const device of [...devices, deviceNumber(99)])
      await expect(early.client(device).accessToken()).rejects.toMatchObject({ code: 'secret_mismatch' });
    await expect(early.reseal()).rejects.toMatchObject({ code: 'secret_mismatch' });
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(devices.length);
    await early.close();

    const repaired = harness.createPass({ secret: [b, a] });
    await Promise.all(devices.map(async (device) => await repaired.client(device).accessToken()));
    expect(simulator.ledger.count({ endpoint: 'register' })).toBe(devices.length);
  });
});
