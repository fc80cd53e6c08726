import type { ApiRuntime } from './api/ApiRuntime.js';
import { createPassClient } from './api/createPassClient.js';
import { createPassInternals } from './api/createPassInternals.js';
import { systemClock, type Clock } from './time/clock.js';
import { defaultTiming, type Timing } from './timing.js';
import { identifierKey } from './device/identifier.js';
import type { Transport } from './http/Transport.js';
import { passInternals, type PassInternals, type PassWithInternals } from './PassInternals.js';
import type { PassOptions } from './options.js';
import type { Pass, Readiness } from './Pass.js';
import type { PassClient } from './PassClient.js';
import { forget } from './operator/forget.js';
import { reseal } from './operator/reseal.js';
import { publishFailure } from './publishFailure.js';
import { resolveOptions, type ResolvedOptions } from './resolveOptions.js';
import { closedError } from './failures.js';
import { restorableBefore, undoReplacement } from './operator/undoReplacement.js';
import { Lifetime } from './time/Lifetime.js';
import { wire } from './wire.js';

/** What `createPass` takes from the system, and a test brings itself. */
export interface PassParts {
  /** Default: that of the system. */
  readonly clock?: Clock | undefined;
  /** At least 0, below 1. Default: `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Default: `defaultTiming`, which is what servers run with. */
  readonly timing?: Timing | undefined;
  /** Default: undici's. */
  readonly transport?: Transport | undefined;
}

/** A `Pass` on parts of one's own. As `createPass`: no I/O before the first request. */
export function createPassWith(options: PassOptions, parts: PassParts = {}): Pass {
  return openPass(resolveOptions(options), parts).pass;
}

/** A `Pass`, and the runtime of its clients. */
export function openPass(
  resolved: ResolvedOptions,
  parts: PassParts,
): { readonly pass: Pass; readonly runtime: ApiRuntime } {
  const { clock = systemClock, random = Math.random, timing = defaultTiming, transport: given } = parts;
  const lifetime = new Lifetime();
  const wired = wire(resolved, { clock, random, timing, transport: given, lifetime });
  const { runtime, transport, names, bytes, keySpace, records, recovery, pool, watch, isLearning } = wired;
  const { replacements, witnesses, retryStatement } = wired;
  const { serviceProvider } = resolved;
  const { tagOf } = runtime;
  const internals = createPassInternals(runtime);

  let closed: Promise<void> | null = null;
  async function close(): Promise<void> {
    lifetime.end(closedError(timing.calls.closedRetryMs));
    replacements.close();
    pool.close();
    await recovery.finish(resolved.closeGraceMs);
    await lifetime.settled();
    await transport.close();
    // The last answers may have left a note for other processes.
    await lifetime.settled();
  }

  const pass: PassWithInternals = {
    serviceProvider,
    client: (device, context): PassClient => createPassClient(runtime, device, context),
    async authenticate(device, { signal } = {}): Promise<void> {
      await createPassClient(runtime, device).accessToken({ signal });
    },
    restore: publishing(async (device, which = {}) => {
      const tag = tagOf(device);
      const before = restorableBefore(which);
      await watch.assertFit();
      const isRestored = await undoReplacement(records, tag, before, timing);
      if (isRestored) pool.dropToken(device.identifier);
      return isRestored;
    }),
    retryStatement: publishing(retryStatement),
    forget: publishing(async (device) => {
      const tag = tagOf(device);
      await watch.assertFit();
      const drop = (): void => pool.drop(identifierKey(device.identifier));
      await forget({ records, keySpace, timing: timing.cache, drop }, tag);
    }),
    tagOf,
    reseal: publishing(async (how) => {
      await watch.assertFit(how?.signal);
      return await reseal(
        {
          clock,
          store: bytes,
          names,
          keySpace,
          isLearning,
          closing: lifetime.closing,
          timing: timing.operator,
        },
        how,
      );
    }),
    allowReplacement: publishing(async (allowance) => {
      await watch.assertFit();
      await replacements.allow(allowance);
    }),
    allowRegistration: publishing(async () => {
      await watch.assertFit();
      await recovery.allowRegistration();
    }),
    async readiness(): Promise<Readiness> {
      return await watch.readiness();
    },
    async close(): Promise<void> {
      closed ??= close();
      await closed;
    },
    async [Symbol.asyncDispose](): Promise<void> {
      await this.close();
    },
    // Enumerable members are what a log shows of a Pass.
    get [passInternals](): PassInternals {
      return internals;
    },
  };
  witnesses.start(async (key) => await pool.renewEarly(key));
  recovery.start(pool);
  return { pass: Object.freeze(pass), runtime };
}

/** A method whose `PassError`s are published. */
function publishing<Arguments extends readonly unknown[], Answer>(
  method: (...given: Arguments) => Promise<Answer>,
): (...given: Arguments) => Promise<Answer> {
  return async (...given) => {
    try {
      return await method(...given);
    } catch (error) {
      throw publishFailure(error);
    }
  };
}
