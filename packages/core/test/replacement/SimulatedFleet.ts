import { createKeyNames, type KeyNames } from '../../src/cache/keyNames.js';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createRecordStore } from '../../src/cache/RecordStore.js';
import { createSealer } from '../../src/cache/sealing.js';
import { ReplacementRoom } from '../../src/replacement/ReplacementRoom.js';
import type { AskedPair, WitnessSource } from '../../src/replacement/Replacements.js';
import { defaultTiming } from '../../src/timing.js';
import { ManualClock } from '../time/ManualClock.js';

const hourMs = 3_600_000;
const tickMs = 250;
const tokenMs = 6 * hourMs;

/** A device as the machine of core treats one, as far as it matters here. */
export interface SimulatedDevice {
  readonly number: number;
  readonly process: number;
  pair: AskedPair;
  tokenUntil: number;
  /** When it asks next. */
  dueAt: number;
  postponements: number;
  isAsking: boolean;
}

export interface Ask {
  readonly device: SimulatedDevice;
  readonly pair: AskedPair;
  readonly at: number;
  readonly hadToken: boolean;
  readonly isServed: boolean;
}

/** What Adobe Pass answers. */
export type Adobe = (ask: Omit<Ask, 'isServed'>) => boolean;

export interface FleetOptions {
  readonly processes: number;
  readonly devicesEach: number;
  readonly cache?: ((cache: PassCache) => PassCache) | undefined;
}

const servesAll: Adobe = () => true;

/** Processes that share a sealed cache, their devices, and an Adobe Pass, in virtual time. Pairs are as old as their number is low. */
export class SimulatedFleet {
  readonly clock: ManualClock = new ManualClock();
  readonly names: KeyNames;
  readonly devices: readonly SimulatedDevice[];
  readonly rooms: readonly ReplacementRoom[];
  readonly asks: Ask[] = [];
  readonly replaced: { readonly device: SimulatedDevice; readonly at: number }[] = [];
  /** What was done to the cache. */
  operations = 0;
  adobe: Adobe = servesAll;
  readonly #random: () => number = seeded(7);
  readonly #work: Set<Promise<unknown>> = new Set();

  constructor({ processes, devicesEach, cache: wrapped = (cache) => cache }: FleetOptions) {
    const secret = 'a secret of at least thirty-two characters';
    const { clock } = this;
    this.names = createKeyNames({ environment: 'local', application: 'tv', nameSecret: secret });
    const memory = memoryCacheWith({ clock, warn: () => undefined });
    const counted: PassCache = {
      ...memory,
      read: async (...call) => (this.#count(), await memory.read(...call)),
      swap: async (...call) => (this.#count(), await memory.swap(...call)),
    };
    const store = createRecordStore({
      cache: wrapped(counted),
      sealer: createSealer([secret]),
      clock,
      timing: defaultTiming.cache,
    });
    this.devices = Array.from({ length: processes * devicesEach }, (_, number) => ({
      number,
      process: number % processes,
      pair: this.#newPair(number, clock.now() - 90 * 24 * hourMs + number * 1_000),
      tokenUntil: 0,
      dueAt: Infinity,
      postponements: 0,
      isAsking: false,
    }));
    this.rooms = Array.from(
      { length: processes },
      (_, process) =>
        new ReplacementRoom({
          clock,
          random: this.#random,
          store,
          names: this.names,
          source: this.#sourceOf(process),
          timing: defaultTiming.replacement,
          track: (work) => this.#track(work),
        }),
    );
  }

  get now(): number {
    return this.clock.now();
  }

  room(process = 0): ReplacementRoom {
    return this.rooms[process] ?? raise();
  }

  device(number: number): SimulatedDevice {
    return this.devices[number] ?? raise();
  }

  /** Every device gets its token, within two minutes; from then on they renew them as usual. */
  async warmUp(): Promise<void> {
    for (const device of this.devices) device.dueAt = this.now + this.#random() * 120_000;
    await this.run(180_000);
    // As if that had taken hours.
    for (const device of this.devices) device.dueAt = this.now + this.#random() * 4.5 * hourMs;
    this.asks.length = 0;
  }

  /** Their tokens end, and their viewers are there within `withinMs`. */
  expire(devices: readonly SimulatedDevice[], withinMs = 0): void {
    for (const device of devices) {
      device.tokenUntil = 0;
      device.dueAt = this.now + this.#random() * withinMs;
    }
  }

  /** They renew their tokens, which they still have, within `withinMs`. */
  renew(devices: readonly SimulatedDevice[], withinMs = 0): void {
    for (const device of devices) device.dueAt = this.now + this.#random() * withinMs;
  }

  async run(forMs: number, isOver: () => boolean = () => false): Promise<void> {
    const until = this.now + forMs;
    while (this.now < until && !isOver()) {
      this.clock.advance(tickMs);
      for (const device of this.devices)
        if (device.dueAt <= this.now && !device.isAsking) this.#track(this.#ask(device));
      while (this.#work.size > 0) await Promise.all(this.#work);
    }
  }

  /** Within `windowMs` the most of what is told of by its instants. */
  static most(instants: readonly number[], windowMs: number): number {
    return Math.max(
      0,
      ...instants.map((from) => instants.filter((at) => at >= from && at < from + windowMs).length),
    );
  }

  async #ask(device: SimulatedDevice): Promise<'issued' | 'refused' | 'unknown'> {
    device.isAsking = true;
    try {
      return await this.#askOnce(device);
    } finally {
      device.isAsking = false;
    }
  }

  async #askOnce(device: SimulatedDevice): Promise<'issued' | 'refused' | 'unknown'> {
    const room = this.room(device.process);
    const hasToken = device.tokenUntil > this.now;
    const wait = await room.mayAsk(device.pair, hasToken);
    if (wait !== null) {
      this.#wait(device, hasToken, wait.retryAfterMs ?? raise());
      return 'unknown';
    }
    if (this.#adobe(device, device.pair)) {
      this.#served(device);
      return 'issued';
    }
    if (hasToken) {
      room.refusedHarmlessly(device.pair);
      this.#wait(device, hasToken, 0);
      return 'refused';
    }
    const verdict = await room.refused(device.pair);
    switch (verdict.kind) {
      case 'again':
        device.dueAt = this.now + verdict.delayMs;
        break;
      case 'suspended':
        this.#wait(device, hasToken, verdict.failure.retryAfterMs ?? raise());
        break;
      case 'proven':
        await this.#replace(device);
    }
    return 'refused';
  }

  async #replace(device: SimulatedDevice): Promise<void> {
    const room = this.room(device.process);
    const fresh = this.#newPair(device.number, this.now);
    if (!this.#adobe(device, fresh)) return this.#wait(device, false, 60_000);
    if (this.#adobe(device, device.pair)) return this.#served(device);
    const refused = await room.takePlace(device.pair.tag);
    if (refused !== null) return this.#wait(device, false, refused.retryAfterMs ?? raise());
    device.pair = fresh;
    this.replaced.push({ device, at: this.now });
    this.#served(device);
  }

  #served(device: SimulatedDevice): void {
    device.tokenUntil = this.now + tokenMs;
    device.dueAt = this.now + tokenMs * (0.65 + 0.15 * this.#random());
    device.postponements = 0;
    this.room(device.process).issued(device.pair);
  }

  #wait(device: SimulatedDevice, hasToken: boolean, retryAfterMs: number): void {
    const pauseMs = Math.min(300_000, 30_000 * 2 ** device.postponements);
    if (hasToken) device.postponements += 1;
    device.dueAt = this.now + (hasToken ? pauseMs : retryAfterMs);
  }

  #adobe(device: SimulatedDevice, pair: AskedPair): boolean {
    const ask = { device, pair, at: this.now, hadToken: device.tokenUntil > this.now };
    const isServed = this.adobe(ask);
    this.asks.push({ ...ask, isServed });
    return isServed;
  }

  #newPair(number: number, registeredAt: number): AskedPair {
    const tag = this.names.deviceTag(Buffer.from(`device ${number}`));
    return { tag, clientId: `client ${number} of ${registeredAt}`, registeredAt };
  }

  #sourceOf(process: number): WitnessSource {
    const hasToken = ({ tokenUntil }: SimulatedDevice): boolean => tokenUntil > this.now;
    const own = (): readonly SimulatedDevice[] => this.devices.filter((device) => device.process === process);
    return {
      candidates: (limit, except) =>
        own()
          .filter(({ pair }) => !except(pair))
          .toSorted((a, b) => Number(hasToken(b)) - Number(hasToken(a)) || a.dueAt - b.dueAt)
          .slice(0, limit)
          .map(({ pair }) => pair),
      renewEarly: async (tag) => {
        const device = own().find(({ pair }) => pair.tag === tag) ?? raise();
        return device.isAsking ? 'unknown' : await this.#ask(device);
      },
    };
  }

  #count(): void {
    this.operations += 1;
  }

  #track(work: Promise<unknown>): void {
    this.#work.add(work);
    const done = (): void => void this.#work.delete(work);
    work.then(done, done);
  }
}

function raise(): never {
  throw new Error('it must be there');
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
