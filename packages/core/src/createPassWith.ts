import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { ApiRuntime } from './api/ApiRuntime.js';
import { ConfigurationCache } from './api/configuration/ConfigurationCache.js';
import { createPassClient } from './api/createPassClient.js';
import { createPassInternals } from './api/createPassInternals.js';
import { createKeyNames } from './cache/keyNames.js';
import { createKeySpace } from './cache/keySpace.js';
import { createRecordStore } from './cache/RecordStore.js';
import { comingSecrets, createSealer } from './cache/sealing.js';
import { secretId } from './cache/secretKeys.js';
import { systemClock, type Clock } from './time/clock.js';
import { defaultTiming, type Timing } from './timing.js';
import { identifierBytes, validateIdentifier } from './device/identifier.js';
import { createUndiciTransport } from './http/undiciTransport.js';
import type { Transport } from './http/Transport.js';
import { passInternals, type PassInternals, type PassWithInternals } from './PassInternals.js';
import type { PassOptions } from './options.js';
import type { Pass, Readiness, ResealSummary } from './Pass.js';
import type { PassClient } from './PassClient.js';
import { ClockDrift } from './readiness/ClockDrift.js';
import { KeySpaceUsers } from './readiness/KeySpaceUsers.js';
import { ReadinessWatch } from './readiness/ReadinessWatch.js';
import { strictTokens } from './readiness/strictTokens.js';
import { reseal } from './operator/reseal.js';
import { resolveOptions } from './resolveOptions.js';
import { AddressCooldown } from './upstream/AddressCooldown.js';
import { Upstream } from './upstream/Upstream.js';
import { Admissions } from './admission/Admissions.js';
import { DcrCalls } from './dcr/DcrCalls.js';
import { DeviceRecords } from './session/DeviceRecords.js';
import { closedError } from './failures.js';
import { LossRecovery } from './recovery/LossRecovery.js';
import { RegistrationBudget } from './admission/RegistrationBudget.js';
import { HoldRecord } from './recovery/HoldRecord.js';
import { RegistrationHoldOff } from './recovery/RegistrationHoldOff.js';
import { ReplacementFuse } from './admission/ReplacementFuse.js';
import { DevicePool } from './session/DevicePool.js';
import { KeptDevices } from './session/KeptDevices.js';
import { StatementGate } from './admission/StatementGate.js';
import { statementSource } from './dcr/statementSource.js';
import { undoReplacement } from './operator/undoReplacement.js';

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

/** The composition root: the only place that picks concrete parts. */
export function createPassWith(options: PassOptions, parts: PassParts = {}): Pass {
  const resolved = resolveOptions(options);
  const { clock = systemClock, random = Math.random, timing = defaultTiming } = parts;
  const policy = { ...timing.machine, ephemeral: resolved.onCacheDown === 'ephemeral' };
  const {
    cache,
    serviceProvider,
    environment,
    application,
    baseUrl,
    dispatcher,
    redirectUri,
    limits,
    strict,
  } = resolved;
  // A cache of this process only: nobody else needs the secret, and nothing is left to open afterwards.
  const secrets = resolved.secrets.length > 0 ? resolved.secrets : [randomBytes(32).toString('base64url')];
  const nameSecret = secrets[secrets.length - 1] ?? '';

  const closing = new AbortController();
  // Every call that waits listens to it.
  setMaxListeners(0, closing.signal);
  const isClosing = (): boolean => closing.signal.aborted;
  const running = new Set<Promise<unknown>>();
  const track = (work: Promise<unknown>): void => {
    const forget = (): void => void running.delete(work);
    running.add(work);
    work.then(forget, forget);
  };

  const names = createKeyNames({ environment, application, nameSecret });
  const store = createRecordStore({ cache, sealer: createSealer(secrets), clock, timing: timing.cache });
  const nameKeyId = secretId(nameSecret);
  const holdOff = new RegistrationHoldOff({
    clock,
    random,
    record: new HoldRecord(store, names.hold, timing.recovery.holdAttempts),
    timing: timing.recovery,
  });
  // Also while this process closes: the others need it. What is not shared has nobody else to know better.
  const onNew = cache.scope === 'shared' ? async () => await holdOff.beginAsNew() : undefined;
  const keySpace = createKeySpace({ store, names, nameKeyId, timing: timing.cache, onNew });
  const drift = new ClockDrift(timing.readiness);
  const transport =
    parts.transport ??
    createUndiciTransport({
      baseUrl,
      dispatcher,
      timeoutMs: policy.upstreamTimeoutMs,
      timing: timing.upstream,
      clock,
    });
  const upstream = new Upstream({
    transport,
    gate: new AddressCooldown({ clock, random, store, names, timing, track }),
    clock,
    closing: closing.signal,
    onAnswer: (response, receivedAt) => drift.observe(response, receivedAt),
  });
  const statements = new StatementGate({ clock, store, names, timing: timing.admission });
  const budget = new RegistrationBudget(limits, clock, timing.admission);
  const kept = new KeptDevices(clock, limits.devices, timing.devices);
  const fuse = new ReplacementFuse(clock, () => kept.size, timing.admission);
  const users = new KeySpaceUsers({
    clock,
    store,
    names,
    origin: baseUrl.origin,
    timing: timing.readiness,
    track,
  });
  const watch = new ReadinessWatch({
    clock,
    store,
    metaKey: names.meta,
    nameKeyId,
    statements,
    fuse,
    drift,
    users,
    strict,
    isClosing,
    timing: timing.readiness,
    retryAfterMs: timing.cache.retryAfterMs,
  });
  const records = new DeviceRecords(store, names, timing.cache, () => track(watch.look()));
  const recovery = new LossRecovery({
    cache,
    keySpace,
    holdOff,
    clock,
    random,
    timing: timing.recovery,
    known: kept,
    track,
  });
  const pool = new DevicePool(
    { names, kept },
    {
      clock,
      policy,
      timing: timing.calls,
      records,
      calls: new DcrCalls({ upstream, clock, redirectUri, timing: timing.calls }),
      admissions: new Admissions({
        statement: statementSource(resolved.softwareStatement, clock, timing.admission),
        keySpace,
        statements,
        budget,
        timing: timing.admission,
        onVerified: ({ fingerprint }) => users.note(fingerprint),
      }),
      fuse,
      recovery,
      isClosing,
      track,
    },
  );
  const runtime: ApiRuntime = {
    serviceProvider,
    upstream,
    clock,
    timing: timing.calls,
    random,
    configurations: new ConfigurationCache(clock, timing.calls),
    closing: closing.signal,
    tokens: strict ? strictTokens(pool, async (signal) => await watch.assertFit(signal)) : pool,
  };

  const internals = createPassInternals(runtime);

  /** What ends may start a last effect, such as giving a lease back. */
  async function settled(): Promise<void> {
    while (running.size > 0) await Promise.allSettled(running);
  }

  let closed: Promise<void> | null = null;
  async function close(): Promise<void> {
    closing.abort(closedError(timing.calls.closedRetryMs));
    recovery.close();
    pool.close();
    await settled();
    await transport.close();
    // The last answers may have left a note for other processes.
    await settled();
  }

  const pass: PassWithInternals = {
    serviceProvider,
    client: (device, context): PassClient => createPassClient(runtime, device, context),
    async authenticate(device, { signal } = {}): Promise<void> {
      await createPassClient(runtime, device).accessToken({ signal });
    },
    async restore({ identifier }): Promise<boolean> {
      validateIdentifier(identifier);
      await watch.assertFit();
      const isRestored = await undoReplacement(records, names.deviceTag(identifierBytes(identifier)), timing);
      if (isRestored) pool.dropToken(identifier);
      return isRestored;
    },
    async reseal(how): Promise<ResealSummary> {
      await watch.assertFit(how?.signal);
      const isLearning = comingSecrets(secrets).length > 0;
      return await reseal(
        { clock, store, names, keySpace, isLearning, closing: closing.signal, timing: timing.operator },
        how,
      );
    },
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
  // Everything is wired: only now does anything listen, look or start.
  recovery.start((key) => pool.suspectLoss(key));
  return Object.freeze(pass);
}
