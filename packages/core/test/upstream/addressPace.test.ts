import { describe, expect, it } from 'vitest';
import {
  afterAnswer,
  afterCall,
  freshPace,
  throttledPace,
  waitMsOf,
  type Pace,
} from '../../src/upstream/addressPace.js';

const terms = { burst: 10, perSecond: 1, answersToTrust: 15 };

/** After so many calls at once. */
function called(count: number, now = 0): Pace {
  let pace = freshPace(0, terms);
  for (let call = 0; call < count; call += 1) ({ pace } = afterCall(pace, now, terms));
  return pace;
}

describe('calls for one address', () => {
  it('go out at once as many as it is known to take, and one more alone', () => {
    expect(waitMsOf(called(10), 0, terms)).toBe(0);
    const beyond = afterCall(called(10), 0, terms);
    expect(beyond.probes).toBe(true);
    expect(waitMsOf(beyond.pace, 0, terms)).toBe(Infinity);
    expect(waitMsOf(afterAnswer(beyond.pace, true, terms), 0, terms)).toBe(0);
  });

  it('are known to be taken again after a second each', () => {
    const { pace, probes } = afterCall(called(10), 3_000, terms);
    expect(probes).toBe(false);
    expect(waitMsOf(pace, 3_000, terms)).toBe(0);
  });

  it('go out one a second after a 429, from its end on', () => {
    const throttled = throttledPace(called(3), 500, 2_000, terms);
    expect(waitMsOf(throttled, 500, terms)).toBe(2_000);
    expect(waitMsOf(throttled, 2_500, terms)).toBe(0);
    const { pace } = afterCall(throttled, 2_500, terms);
    expect(waitMsOf(pace, 2_500, terms)).toBe(1_000);
    expect(waitMsOf(afterAnswer(pace, false, terms), 2_500, terms)).toBe(1_000);
  });

  it('go out twice as fast after fifteen answers in a row, until nothing holds them back', () => {
    let pace = throttledPace(called(3), 0, 1_000, terms);
    const intervals = [1, 2, 3, 4, 5].map(() => {
      for (let answer = 0; answer < 15; answer += 1) pace = afterAnswer(pace, false, terms);
      return pace.intervalMs;
    });
    expect(intervals).toEqual([500, 250, 125, 62.5, 0]);
    expect(throttledPace(pace, 0, 1_000, terms).intervalMs).toBe(1_000);
  });

  it('begin anew after ten seconds of silence', () => {
    const throttled = throttledPace(called(3), 0, 1_000, terms);
    expect(waitMsOf(afterCall(throttled, 10_000, terms).pace, 10_000, terms)).toBe(0);
  });
});
