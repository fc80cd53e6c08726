import { describe, expect, it } from 'vitest';
import {
  admit,
  closedBreaker,
  nextBreakerState,
  type BreakerEvent,
  type BreakerState,
} from '../src/link/breaker.js';

const closed = (failures: number): BreakerState => ({ kind: 'closed', failures });
const open = (until: number): BreakerState => ({ kind: 'open', until });
const probing: BreakerState = { kind: 'probing' };

const answered: BreakerEvent = { type: 'answered' };
const connected: BreakerEvent = { type: 'connected' };
const failed: BreakerEvent = { type: 'unreachable', isProbe: false };
const probeFailed: BreakerEvent = { type: 'unreachable', isProbe: true };

describe('who may ask the store', () => {
  it.each([
    ['closed: everybody', closed(4), 100, { state: closed(4), admitted: true, isProbe: false }],
    [
      'open: nobody before its time',
      open(1000),
      999,
      { state: open(1000), admitted: false, retryAfterMs: 1 },
    ],
    ['open: one when its time has come', open(1000), 1000, { state: probing, admitted: true, isProbe: true }],
    ['probing: nobody else', probing, 5000, { state: probing, admitted: false, retryAfterMs: 1000 }],
  ])('%s', (_name, state, now, admission) => {
    expect(admit(state, now)).toEqual(admission);
  });
});

describe('what the outcome of a call changes', () => {
  const at = 500;
  it.each([
    ['the first failures are counted', closed(0), failed, closed(1)],
    ['the fifth failure in a row opens for a second', closed(4), failed, open(1500)],
    ['an answer ends the row', closed(4), answered, closedBreaker],
    ['an answer to a call from before closes it', open(1000), answered, closedBreaker],
    ['failures of calls from before do not prolong it', open(1000), failed, open(1000)],
    ['a connection lets all ask at once, until one fails', open(1000), connected, closed(4)],
    ['a connection changes nothing while one is out', probing, connected, probing],
    ['a connection does not end a row of failures', closed(3), connected, closed(3)],
    ['the answer to the probe closes it', probing, answered, closedBreaker],
    ['the failure of the probe opens it for another second', probing, probeFailed, open(1500)],
    ['a failure of another call leaves the probe to decide', probing, failed, probing],
  ])('%s', (_name, state, event, next) => {
    expect(nextBreakerState(state, event, at)).toEqual(next);
  });
});
