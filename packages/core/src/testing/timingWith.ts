import { described } from '../described.js';
import { PassError } from '../errors.js';
import { nearestName } from '../nearestName.js';
import { defaultTiming, type Timing } from '../timing.js';

/** Some values of `Timing`, each in its group. */
export type TimingChanges = {
  readonly [Group in keyof Timing]?: { readonly [Name in keyof Timing[Group]]?: Timing[Group][Name] };
};

/**
 * What servers run with, but for these values. Frozen.
 *
 * @throws PassError `option_invalid`: a name that there is not, a value that is no finite number of at least 0 (or a list of
 * such where there is one), a count that is no whole number of at least 1, or a lease or a hold that ends too soon.
 * @example
 * const timing = timingWith({ recovery: { heldOffAsNewMs: 20 }, machine: { refusalGapMs: 50 } });
 */
export function timingWith(changes: TimingChanges): Timing {
  const timing = merged(defaultTiming, changes, 'timing') as Timing;
  const { machine, recovery, replacement } = timing;
  mustBeMore('machine.leaseMs', machine.leaseMs, 'upstreamTimeoutMs', machine.upstreamTimeoutMs);
  mustBeMore('recovery.heldOffAfterLossMs', recovery.heldOffAfterLossMs, 'lookEveryMs', recovery.lookEveryMs);
  mustBeMore(
    'recovery.heldOffAfterLossMs',
    recovery.heldOffAfterLossMs,
    'extendHoldEveryMs',
    recovery.extendHoldEveryMs,
  );
  mustBeMore(
    'recovery.extendHoldForMs',
    recovery.extendHoldForMs,
    'extendHoldEveryMs',
    recovery.extendHoldEveryMs,
  );
  mustBeMore(
    'replacement.incidentMs',
    replacement.incidentMs,
    'incidentRenewedEveryMs',
    replacement.incidentRenewedEveryMs,
  );
  return timing;
}

/** A lease outlasts the call it is for, and a hold the time in which the others hear of it; else two register one device. */
function mustBeMore(path: string, value: number, than: string, least: number): void {
  if (value > least) return;
  throw invalid(`timing.${path} must be more than ${than} (${least}), received ${value}`);
}

/**
 * For integration tests that begin with an empty store: nothing that servers wait for out of caution takes longer than a
 * tenth of a second. What decides which pair counts is as it is in production, and so is Adobe's throttle.
 *
 * Not for tests in which several processes use a store that is emptied under them: a process that is held up for a tenth of a
 * second by a busy machine would put its pairs back too late.
 */
export const timingForTests: Timing = timingWith({
  machine: {
    backoffFirstMs: 20,
    backoffMaxMs: 100,
    pollFirstMs: 5,
    pollMaxMs: 50,
  },
  admission: {
    statementFreshMs: 20,
    statementRejectionGapMs: 20,
    statementProbeEveryMs: 100,
    statementLookEveryMs: 10,
  },
  replacement: {
    refusalGapMs: 20,
    refusalSpreadMs: 5,
    patientGapMs: 20,
    spanWithYoungerMs: 50,
    spanWithFewMs: 100,
    evidenceRetryMs: 100,
    lookEveryMs: 10,
    incidentMs: 100,
    incidentRenewedEveryMs: 30,
    incidentRetryMs: 20,
    incidentRetrySpreadMs: 20,
    probeMs: 50,
    probeLeadMs: 10,
    probeOtherDeviceMs: 10,
  },
  recovery: {
    checkNewPairsAfterMs: [50, 100],
    heldOffAfterReconnectMs: 20,
    heldOffAfterLossMs: 100,
    heldOffAsNewMs: 20,
    lookEveryMs: 50,
    extendHoldEveryMs: 30,
    extendHoldForMs: 100,
    holdRetryMs: 10,
    neighboursAtMostEveryMs: 50,
    tellLossEveryMs: 50,
    releaseEveryMs: 5,
    failurePauseMs: 50,
    failurePauseMaxMs: 500,
  },
});

function merged(standard: object, given: unknown, path: string): object {
  if (typeof given !== 'object' || given === null)
    throw invalid(`${path} must be an object, received ${described(given)}`);
  const result: Record<string, unknown> = { ...standard };
  for (const [name, value] of Object.entries(given)) {
    const before: unknown = Object.hasOwn(standard, name) ? Reflect.get(standard, name) : undefined;
    if (before === undefined) throw unknownName(name, Object.keys(standard), path);
    if (value !== undefined) result[name] = changed(before, value, `${path}.${name}`);
  }
  return Object.freeze(result);
}

function changed(before: unknown, value: unknown, path: string): unknown {
  if (typeof before === 'number') {
    const isFraction = !Number.isInteger(before);
    if (path.endsWith('Ms') || isFraction) {
      if (isDuration(value)) return value;
      throw invalid(`${path} must be a finite number of at least 0, received ${described(value)}`);
    }
    if (Number.isSafeInteger(value) && Number(value) >= 1) return value;
    throw invalid(`${path} must be a whole number of at least 1, received ${described(value)}`);
  }
  if (Array.isArray(before)) {
    if (Array.isArray(value) && value.every(isDuration)) return Object.freeze([...value]);
    throw invalid(`${path} must be a list of finite numbers of at least 0, received ${described(value)}`);
  }
  return merged(before as object, value, path);
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function unknownName(name: string, names: readonly string[], path: string): PassError {
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `there are: ${names.join(', ')}` : `did you mean ${nearest}?`;
  return invalid(`${path} has no ${name}; ${hint}`);
}

function invalid(message: string): PassError {
  return new PassError('option_invalid', message);
}
