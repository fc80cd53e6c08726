import { randomBytes } from 'node:crypto';
import type { ApiRuntime } from './api/ApiRuntime.js';
import { ConfigurationCache } from './api/configuration/ConfigurationCache.js';
import { PermitCache } from './api/decisions/PermitCache.js';
import { SignIns } from './api/sessions/SignIns.js';
import { createKeyNames, type KeyNames } from './cache/keyNames.js';
import { createKeySpace, type KeySpace } from './cache/keySpace.js';
import { LastingWrites } from './cache/LastingWrites.js';
import { createByteStore, createRecordStore, type ByteStore } from './cache/RecordStore.js';
import { comingSecrets, createSealer } from './cache/sealing.js';
import { secretId } from './cache/secretKeys.js';
import { type Clock } from './time/clock.js';
import { SteadyTime } from './time/SteadyTime.js';
import { type Timing } from './timing.js';
import { identifierBytes, validateIdentifier } from './device/identifier.js';
import { createUndiciTransport } from './http/undiciTransport.js';
import { transportOfTwoHosts } from './http/transportOfTwoHosts.js';
import type { Transport } from './http/Transport.js';
import { publishWarning, warnOperators } from './diagnostics.js';
import { ClockDrift } from './readiness/ClockDrift.js';
import { ProxyTrust } from './readiness/ProxyTrust.js';
import { KeySpaceUsers } from './readiness/KeySpaceUsers.js';
import { ReadinessWatch } from './readiness/ReadinessWatch.js';
import { strictTokens } from './readiness/strictTokens.js';
import type { ResolvedOptions } from './resolveOptions.js';
import { AddressCooldown } from './upstream/AddressCooldown.js';
import { Upstream } from './upstream/Upstream.js';
import { Admissions } from './admission/Admissions.js';
import { DcrCalls } from './dcr/DcrCalls.js';
import { DeviceRecords } from './session/DeviceRecords.js';
import { LossRecovery } from './recovery/LossRecovery.js';
import { RegistrationBudget } from './admission/RegistrationBudget.js';
import { HoldRecord } from './recovery/HoldRecord.js';
import { RecoveryRecord } from './recovery/RecoveryRecord.js';
import { RegistrationHoldOff } from './recovery/RegistrationHoldOff.js';
import { ReplacementRoom } from './replacement/ReplacementRoom.js';
import type { Replacements } from './replacement/Replacements.js';
import { EarlyRenewals } from './session/EarlyRenewals.js';
import { DevicePool } from './session/DevicePool.js';
import { KeptDevices } from './session/KeptDevices.js';
import { StatementGate } from './admission/StatementGate.js';
import { statementSource } from './dcr/statementSource.js';
import type { Lifetime } from './time/Lifetime.js';

/** What a `Pass` is made of, as far as its own methods use it. */
export interface Wired {
  readonly runtime: ApiRuntime;
  readonly transport: Transport;
  readonly names: KeyNames;
  readonly bytes: ByteStore;
  readonly keySpace: KeySpace;
  readonly records: DeviceRecords;
  readonly recovery: LossRecovery;
  readonly pool: DevicePool;
  readonly witnesses: EarlyRenewals;
  readonly replacements: Replacements;
  readonly retryStatement: () => Promise<void>;
  readonly watch: ReadinessWatch;
  /** The list of secrets begins a rotation: others may seal with a secret that comes after the first. */
  readonly isLearning: boolean;
}

export interface WiringParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: Timing;
  readonly transport: Transport | undefined;
  readonly lifetime: Lifetime;
}

/**
 * The composition root: the only place that picks concrete parts. Each is made of those above it, and none of them
 * listens, looks or starts anything yet.
 */
export function wire(resolved: ResolvedOptions, parts: WiringParts): Wired {
  const { clock, random, timing, lifetime } = parts;
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
    managementUrl,
  } = resolved;
  // A cache of this process only: nobody else needs the secret, and nothing is left to open afterwards.
  const secrets = resolved.secrets.length > 0 ? resolved.secrets : [randomBytes(32).toString('base64url')];
  const nameSecret = secrets[secrets.length - 1] ?? '';

  const { closing, isClosing, track } = lifetime;
  const names = createKeyNames({
    environment,
    application,
    nameSecret,
    identity: managementUrl === undefined ? 'device' : 'server',
  });
  const writes = new LastingWrites();
  const sealed = { cache, sealer: createSealer(secrets), clock, timing: timing.cache, writes };
  const store = createRecordStore(sealed);
  const bytes = createByteStore(sealed);
  const nameKeyId = secretId(nameSecret);
  const holdOff = new RegistrationHoldOff({
    clock,
    random,
    record: new HoldRecord(store, names.hold),
    recovery: new RecoveryRecord(store, names.recovery, timing.recovery.holdAttempts),
    timing: timing.recovery,
  });
  // Also while this process closes: the others need it. What dies with this process has nobody else to know better.
  const onNew = cache.scope !== 'process' ? async () => await holdOff.beginAsNew() : undefined;
  const keySpace = createKeySpace({
    store,
    names,
    nameKeyId,
    timing: timing.cache,
    onNew,
    onForgotten(tags) {
      if (tags === 'many') recovery.checkAll();
      else track(pool.dropTagged(new Set(tags)));
    },
  });
  const drift = new ClockDrift(timing.readiness);
  const isLocal = environment === 'local';
  const warn = isLocal ? publishWarning : warnOperators;
  const proxyTrust = new ProxyTrust({ clock, timing: timing.readiness, isLocal, warn });
  const { upstreamTimeoutMs: timeoutMs } = policy;
  const transportTo = (url: URL): Transport =>
    createUndiciTransport({ baseUrl: url, dispatcher, timeoutMs, timing: timing.upstream, clock });
  const isOneHost = managementUrl === undefined || managementUrl.origin === baseUrl.origin;
  const transport =
    parts.transport ??
    (isOneHost
      ? transportTo(baseUrl)
      : transportOfTwoHosts(transportTo(baseUrl), transportTo(managementUrl)));
  const upstream = new Upstream({
    transport,
    gate: new AddressCooldown({ clock, random, store, names, timing, track }),
    clock,
    closing,
    timing,
    onAnswer: (response, receivedAt) => drift.observe(response, receivedAt),
  });
  const statements = new StatementGate({ clock, store, names, timing: timing.admission, track });
  const statement = statementSource(resolved.softwareStatement, clock, timing.admission);
  const budget = new RegistrationBudget(limits, clock, timing.admission);
  const time = new SteadyTime(clock, timing.devices);
  const kept = new KeptDevices(time, limits.devices, timing.devices);
  const witnesses = new EarlyRenewals({ names, kept: kept.byKey, looks: timing.devices.looksForWitnesses });
  const replacements = new ReplacementRoom({
    clock,
    random,
    store,
    names,
    source: witnesses,
    timing: timing.replacement,
    track,
  });
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
    names,
    nameKeyId,
    statements,
    replacements,
    drift,
    proxyTrust,
    warn,
    writes,
    users,
    strict,
    isClosing,
    timing: timing.readiness,
    retryAfterMs: timing.cache.retryAfterMs,
  });
  const records = new DeviceRecords(bytes, names, timing.cache, () => track(watch.look()));
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
    { names, kept, tagsAtOnce: timing.devices.tagsAtOnce },
    {
      clock,
      time,
      policy,
      timing: timing.calls,
      records,
      calls: new DcrCalls({ upstream, clock, redirectUri, timing: timing.calls }),
      admissions: new Admissions({
        statement,
        keySpace,
        statements,
        budget,
        timing: timing.admission,
        onVerified: ({ fingerprint }) => users.note(fingerprint),
      }),
      replacements,
      recovery,
      isClosing,
      track,
    },
  );
  const runtime: ApiRuntime = {
    serviceProvider,
    baseUrl,
    upstream,
    clock,
    timing: timing.calls,
    random,
    configurations: new ConfigurationCache(clock, timing.calls),
    signIns: new SignIns(timing.calls.signIns),
    permits: new PermitCache(clock, timing.calls),
    resourcesPerPreauthorize: limits.resourcesPerPreauthorize,
    closing,
    proxyTrust,
    tagOf({ identifier }) {
      validateIdentifier(identifier);
      return names.deviceTag(identifierBytes(identifier));
    },
    tokens: strict ? strictTokens(pool, async (signal) => await watch.assertFit(signal)) : pool,
  };
  const isLearning = comingSecrets(secrets).length > 0;
  const retryStatement = async (): Promise<void> => await statements.retry(await statement());
  return {
    runtime,
    transport,
    names,
    bytes,
    keySpace,
    records,
    recovery,
    pool,
    witnesses,
    replacements,
    retryStatement,
    watch,
    isLearning,
  };
}
