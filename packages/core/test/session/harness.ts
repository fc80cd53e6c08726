import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createSimulator, type Simulator, type SimulatorOptions } from '@pass-dcr/simulator';
import { memoryCacheWith } from '../../src/cache/memoryCache.js';
import type { PassCache } from '../../src/cache/PassCache.js';
import { createPassWith, type PassParts } from '../../src/createPassWith.js';
import type { Device } from '../../src/device/Device.js';
import { passEventChannel, type PassEvent } from '../../src/diagnostics.js';
import type { PassOptions } from '../../src/options.js';
import type { Pass } from '../../src/Pass.js';
import { AdjustableClock } from '../../src/testing/AdjustableClock.js';
import { timingWith } from '../../src/testing/timingWith.js';

/** An empty cache is soon believed to be new; a test that is about that takes `defaultTiming`. */
export const briefHold = { heldOffAsNewMs: 20, holdRetryMs: 20 };

export const secret = 'a secret for tests only, 0123456789abcdef';

/** A simulator and any number of processes' worth of `Pass`, which share its time and one cache. */
export interface Harness extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly clock: AdjustableClock;
  readonly cache: PassCache;
  createPass(options?: Partial<PassOptions>, parts?: Partial<PassParts>): Pass;
  /** Moves the time of the simulator and of every `Pass`. */
  advance(byMs: number): void;
}

export async function createHarness(
  simulatorOptions: Omit<SimulatorOptions, 'clock'> = {},
): Promise<Harness> {
  const clock = new AdjustableClock();
  const simulator = await createSimulator(simulatorOptions);
  const cache = memoryCacheWith({ clock, warn: () => undefined });
  const passes: Pass[] = [];
  return {
    simulator,
    clock,
    cache,
    createPass(options = {}, parts = {}) {
      const pass = createPassWith(
        {
          softwareStatement: simulator.issueSoftwareStatement({ application: 'tv' }),
          serviceProvider: 'REF30',
          environment: 'local',
          baseUrl: simulator.url,
          application: 'tv',
          cache,
          secret,
          ...options,
        },
        { clock, random: () => 0.5, timing: timingWith({ recovery: briefHold }), ...parts },
      );
      passes.push(pass);
      return pass;
    },
    advance(byMs) {
      simulator.clock.advance(byMs);
      clock.advance(byMs);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(passes.map(async (pass) => await pass.close()));
      await simulator.close();
    },
  };
}

/** The nth device, with an address of its own. */
export function deviceNumber(n: number): Device {
  return {
    identifier: `device-${n}`,
    address: `2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::7`,
  };
}

export const hourMs = 3_600_000;

export function times<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Every event of this process from now on, until it is disposed of. */
export interface EventRecording extends Disposable {
  readonly events: readonly PassEvent[];
  of<Type extends PassEvent['type']>(type: Type): readonly Extract<PassEvent, { readonly type: Type }>[];
}

export function recordEvents(): EventRecording {
  const events: PassEvent[] = [];
  const note = (message: unknown): void => void events.push(message as PassEvent);
  subscribe(passEventChannel, note);
  return {
    events,
    of<Type extends PassEvent['type']>(type: Type) {
      return events.filter(
        (event): event is Extract<PassEvent, { readonly type: Type }> => event.type === type,
      );
    },
    [Symbol.dispose]: () => void unsubscribe(passEventChannel, note),
  };
}

/** What nobody handled from now on, until it is disposed of. */
export interface RejectionRecording extends Disposable {
  /** Those so far; Node tells of a rejection once the current turn is over. */
  reasons(): Promise<readonly unknown[]>;
}

export function recordUnhandledRejections(): RejectionRecording {
  const reasons: unknown[] = [];
  const note = (reason: unknown): void => void reasons.push(reason);
  process.on('unhandledRejection', note);
  return {
    async reasons() {
      await new Promise((resolve) => setImmediate(resolve));
      return reasons;
    },
    [Symbol.dispose]: () => void process.off('unhandledRejection', note),
  };
}
