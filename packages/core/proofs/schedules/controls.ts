import type { Fault } from './faults.js';
import type { Broken } from './SimProcess.js';

/** Something broken on purpose, and faults among which an invariant must notice. */
export interface Control {
  readonly name: string;
  readonly broken: Broken;
  readonly faults: readonly Fault[];
  /** The invariants of which one has to notice. */
  readonly expected: readonly string[];
}

export const controls: readonly Control[] = [
  {
    name: 'the store carries out a swap as a plain set',
    broken: { plainSet: true },
    faults: ['pause', 'slow', 'crash'],
    expected: ['I1', 'I2'],
  },
  {
    name: 'the store acknowledges credentials that it has not stored',
    broken: { acknowledgesUnstored: true },
    faults: [],
    expected: ['I4'],
  },
  {
    name: 'a failed read is answered as an absence',
    broken: { errorReadsAsAbsence: true },
    faults: ['cacheRejectsUnapplied', 'cacheRejectsApplied'],
    expected: ['I3'],
  },
  {
    name: 'everybody gets the lease',
    broken: { everybodyGetsTheLease: true },
    faults: [],
    expected: ['I3', 'I5'],
  },
  {
    name: 'one refusal is enough to replace a pair',
    broken: { replacement: { refusals: 1 } },
    faults: ['strayRefusal'],
    expected: ['I1', 'I2', 'I3'],
  },
  {
    name: 'clocks run three times too fast',
    broken: { fastClock: true },
    faults: ['throttled'],
    expected: ['I5'],
  },
  {
    name: 'what only a process compares goes by a clock that is set',
    broken: { noMonotonicClock: true },
    faults: ['clockStep', 'throttled', 'cacheReconnects'],
    expected: ['I5', 'I7', 'recovery'],
  },
  {
    name: 'one rejection of the statement is believed, for a day',
    broken: { admission: { statementRejections: 1, statementProbeEveryMs: 86_400_000 } },
    faults: ['statementRejected', 'throttled'],
    expected: ['recovery'],
  },
  {
    name: 'tokens are served beyond their expiry',
    broken: {
      machine: { expiryMarginMs: -3_600_000, expiryMarginPart: -1, renewFrom: 1.9, renewTo: 1.95 },
      // Hours are to pass, and whatever looks at the store each minute takes the turns for that.
      recovery: { neighboursEveryMs: 1e9, tickEveryMs: 1e9 },
    },
    faults: ['slow'],
    expected: ['I6'],
  },
  {
    name: 'timers of ten seconds and more never fire',
    broken: { longTimersNeverFire: true },
    faults: ['upstreamHangs', 'serverError', 'pause', 'slow'],
    expected: ['I7'],
  },
  {
    name: 'errors quote the request',
    broken: { errorsQuoteTheRequest: true },
    faults: ['connectionRefused', 'responseLost'],
    expected: ['I8'],
  },
  {
    name: 'processes look for a lease once in half a minute',
    broken: { machine: { pollFirstMs: 8_000, pollMaxMs: 30_000 } },
    faults: ['crash'],
    expected: ['I9'],
  },
];
