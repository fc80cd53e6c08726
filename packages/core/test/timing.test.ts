import { describe, expect, it } from 'vitest';
import { isPassError } from '../src/errors.js';
import { timingForTests, timingWith, type TimingChanges } from '../src/testing/timingWith.js';
import { defaultTiming } from '../src/timing.js';

const minuteMs = 60_000;

it('the durations and limits that servers run with are these', () => {
  expect(defaultTiming).toEqual({
    machine: {
      renewFrom: 0.65,
      renewTo: 0.8,
      expiryMarginMs: minuteMs,
      expiryMarginPart: 0.1,
      leaseMs: 5_000,
      upstreamTimeoutMs: 4_000,
      forcedRefreshIntervalMs: 30_000,
      attempts: 3,
      storeAttempts: 3,
      backoffFirstMs: 1_000,
      backoffMaxMs: 30_000,
      throttleMs: 1_000,
      throttleSpreadMs: 250,
      refusedMs: 10_000,
      pollFirstMs: 40,
      pollMaxMs: 400,
      refusedPauseFirstMs: 30_000,
      refusedPauseMaxMs: 5 * minuteMs,
      suspendedMs: 5_000,
      earlierFirstForMs: 30 * 24 * 60 * minuteMs,
      cacheRetryMs: 1_000,
      unreadableRetryMs: 10_000,
      boundMarkFreshMs: minuteMs,
      signInMarkFreshMs: 24 * 60 * minuteMs,
    },
    calls: {
      deadlineMs: 15_000,
      retries: 2,
      backoffFirstMs: 200,
      retryAfterMs: 1_000,
      closedRetryMs: 1_000,
      configurationMs: 2 * minuteMs,
      configurations: 200,
      configurationServedMs: 10 * minuteMs,
      pollMs: 5_000,
      shortestPollMs: 3_000,
      codeLifeMs: 30 * minuteMs,
      signIns: 10_000,
      permitsMs: minuteMs,
      permits: 10_000,
    },
    upstream: {
      socketLifeMs: 30_000,
      idleSocketMs: 10_000,
      concurrentExchanges: 512,
      keptForTokens: 64,
      maxResponseBytes: 2_097_152,
      addressBurst: 10,
      addressPerSecond: 1,
      answersToTrust: 15,
      waitingPerAddress: 64,
      forbiddenTogetherMs: 10_000,
      throttledAddresses: 10_000,
      lookedAheadMs: 1_000,
    },
    admission: {
      statementTimeoutMs: 10_000,
      statementRetryMs: 5_000,
      statementFreshMs: 1_000,
      statementRejections: 3,
      statementRejectionGapMs: 1_000,
      statementProbeLeaseMs: 5_000,
      statementPatienceMs: 4_000,
      statementProbeEveryMs: 15_000,
      statementLookEveryMs: 500,
      statementKeptMs: 30 * 24 * 60 * minuteMs,
      statementAttempts: 3,
      queueRetryMs: 2_000,
      queueDeadlineMs: 15_000,
      concurrentAtFirst: 64,
      concurrentAtLeast: 8,
      keptForOtherNetworksPart: 0.25,
      countedAddresses: 20_000,
    },
    replacement: {
      refusals: 3,
      refusalGapMs: 1_000,
      refusalSpreadMs: 250,
      eagerRefusals: 6,
      patientGapMs: 5_000,
      evidenceGapMs: minuteMs,
      evidenceMs: 3 * minuteMs,
      evidenceRetryMs: 30_000,
      witnesses: 3,
      spanWithYoungerMs: 30_000,
      spanWithFewMs: minuteMs,
      witnessCalls: 3,
      witnessCallsMs: 5_000,
      issuedRemembered: 512,
      suspects: 20_000,
      awakeMs: minuteMs,
      lookEveryMs: 1_000,
      recordAttempts: 5,
      refusedKeptMs: 10 * minuteMs,
      refusedNotedEveryMs: 2 * minuteMs,
      refusedPerRecord: 256,
      newlyRefused: 3,
      newlyRefusedPart: 0.05,
      newlyRefusedMs: minuteMs,
      refused: 5,
      refusedPart: 0.02,
      servedCountedMs: 180 * minuteMs,
      countsEveryMs: minuteMs,
      askedKeptMs: 2 * minuteMs,
      servedKeptMs: 10 * minuteMs,
      processesCounted: 200,
      incidentMs: 15_000,
      incidentRenewedEveryMs: 5_000,
      probeMs: 5_000,
      probeLeadMs: 1_000,
      probeOtherDeviceMs: 1_000,
      incidentRetryMs: 1_000,
      incidentRetrySpreadMs: 2_000,
      pathWorksMs: 10_000,
      placeMs: 5 * minuteMs,
      places: 5,
      placesPart: 0.001,
      placeTries: 5,
      changes: 2,
      changesKeptMs: 24 * 60 * minuteMs,
      allowedAtMostMs: 24 * 60 * minuteMs,
    },
    recovery: {
      checkNewPairsAfterMs: [2_000, 30_000],
      heldOffAfterReconnectMs: 2_000,
      heldOffAfterLossMs: 10_000,
      heldOffAsNewMs: 2_000,
      lookEveryMs: 1_000,
      neighboursEveryMs: minuteMs,
      neighboursAtMostEveryMs: 5_000,
      tellLossEveryMs: 10_000,
      tickEveryMs: minuteMs,
      tickSpreadMs: 10_000,
      extendHoldEveryMs: 3_000,
      extendHoldForMs: 6_000,
      tellHoldAgainMs: 100,
      stalledAfterMs: 30_000,
      heldOffAtMostMs: 10 * minuteMs,
      allowedForMs: 15_000,
      holdRetryMs: 500,
      holdAttempts: 5,
      releaseEveryMs: 20,
      releasedAtOnce: 100,
      looksAtLeast: 8,
      looksAtMost: 256,
      slowerThanUsual: 2,
      usualAtLeastMs: 1,
      usualForgotten: 1.1,
      failuresThatStop: 8,
      failurePauseMs: 500,
      failurePauseMaxMs: 30_000,
      closeGraceMs: 15_000,
      closeGraceMaxMs: 5 * minuteMs,
    },
    cache: {
      readTimeoutMs: 1_000,
      swapTimeoutMs: 2_000,
      listTimeoutMs: minuteMs,
      retryAfterMs: 1_000,
      keySpaceAttempts: 3,
      forgetAttempts: 10,
      forgottenNamed: 256,
    },
    devices: {
      youngPairMs: 10 * minuteMs,
      tagsAtOnce: 5_000,
      looksForRoom: 64,
      looksForWitnesses: 1_000,
      clockStepMs: minuteMs,
      clockLookEveryMs: 1_000,
    },
    readiness: {
      answerWithinMs: 800,
      rememberedMs: 5_000,
      driftWarningMs: 30_000,
      driftErrorMs: 5 * minuteMs,
      driftConfirmedAfterMs: 1_000,
      driftKeptMs: 10 * minuteMs,
      userNotedEveryMs: 10 * minuteMs,
      userCountedMs: 25 * minuteMs,
      usersKeptMs: 60 * minuteMs,
      rollingDeploymentMs: 30 * minuteMs,
      proxyTrustKeptMs: 60 * minuteMs,
      deviceWarningEveryMs: 10 * minuteMs,
      users: 16,
      userAttempts: 3,
    },
    operator: { resealRecordsPerSecond: 1_000, resealAtOnce: 16, resealAttempts: 3, restoreAttempts: 5 },
  });
});

it('nobody changes them by accident', () => {
  const frozen = (value: unknown): boolean =>
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(frozen));
  expect(frozen(defaultTiming)).toBe(true);
  expect(frozen(timingForTests)).toBe(true);
});

describe('timingWith', () => {
  it('changes what it is given, and nothing else', () => {
    const timing = timingWith({ recovery: { heldOffAsNewMs: 20, checkNewPairsAfterMs: [5] } });
    expect(timing).toEqual({
      ...defaultTiming,
      recovery: { ...defaultTiming.recovery, heldOffAsNewMs: 20, checkNewPairsAfterMs: [5] },
    });
    expect(timingWith({ cache: { readTimeoutMs: undefined } } as unknown as TimingChanges)).toEqual(
      defaultTiming,
    );
  });

  it.each<[given: unknown, message: string]>([
    [{ recovry: {} }, 'timing has no recovry; did you mean recovery?'],
    [
      { recovery: { heldOfAsNewMs: 1 } },
      'timing.recovery has no heldOfAsNewMs; did you mean heldOffAsNewMs?',
    ],
    [
      { recovery: { heldOffAsNewMs: '20' } },
      'timing.recovery.heldOffAsNewMs must be a finite number of at least 0, received a string of 2 characters',
    ],
    [
      { cache: { readTimeoutMs: -1 } },
      'timing.cache.readTimeoutMs must be a finite number of at least 0, received -1',
    ],
    [{ cache: { readTimeoutMs: Number.NaN } }, 'received NaN'],
    [
      { recovery: { checkNewPairsAfterMs: 5 } },
      'timing.recovery.checkNewPairsAfterMs must be a list of finite numbers of at least 0, received 5',
    ],
    [{ recovery: { checkNewPairsAfterMs: [5, 'x'] } }, 'received a list'],
    [{ cache: null }, 'timing.cache must be an object, received null'],
    [
      { machine: { attempts: 1.5 } },
      'timing.machine.attempts must be a whole number of at least 1, received 1.5',
    ],
    [{ recovery: { looksAtLeast: 0 } }, 'received 0'],
    [
      { recovery: { lookEveryMs: 10_000 } },
      'timing.recovery.heldOffAfterLossMs must be more than lookEveryMs (10000), received 10000',
    ],
    [
      { recovery: { extendHoldEveryMs: 20_000 } },
      'must be more than extendHoldEveryMs (20000), received 10000',
    ],
    [
      { replacement: { incidentMs: 5_000 } },
      'timing.replacement.incidentMs must be more than incidentRenewedEveryMs (5000), received 5000',
    ],
    [
      { devices: { toString: 1 } },
      'timing.devices has no toString; there are: youngPairMs, looksForRoom, looksForWitnesses, clockStepMs, clockLookEveryMs, tagsAtOnce',
    ],
    [
      { machine: { leaseMs: 4_000 } },
      'timing.machine.leaseMs must be more than upstreamTimeoutMs (4000), received 4000',
    ],
  ])('refuses %j', (given, message) => {
    try {
      timingWith(given as TimingChanges);
    } catch (error) {
      expect(isPassError(error) && error.code).toBe('option_invalid');
      expect(String(error)).toContain(message);
      return;
    }
    expect.unreachable('it was accepted');
  });
});
