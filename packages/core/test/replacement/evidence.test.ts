import { describe, expect, it } from 'vitest';
import { weigh, type Testimony } from '../../src/replacement/evidence.js';
import { incidentCause, type FleetRefusals } from '../../src/replacement/incidentCause.js';
import { defaultTiming } from '../../src/timing.js';

const rules = defaultTiming.replacement;

describe('a pair is dead', () => {
  const enough: Testimony = {
    refusals: 3,
    spanMs: 2_000,
    olderWitnesses: 3,
    youngerWitnesses: 0,
    olderKnown: 3,
    known: 3,
  };

  it.each<[about: string, testimony: Partial<Testimony>]>([
    ['three refusals, and three that are no younger were served since', {}],
    ['more of both', { refusals: 9, spanMs: 20_000, olderWitnesses: 9, olderKnown: 12, known: 99 }],
    [
      'few are that old: younger ones, and half a minute',
      { olderKnown: 2, olderWitnesses: 2, youngerWitnesses: 1, spanMs: 30_000 },
    ],
    [
      'none is that old: younger ones, and half a minute',
      { olderKnown: 0, olderWitnesses: 0, youngerWitnesses: 3, spanMs: 30_000 },
    ],
    [
      'only two others are known: both, and a minute',
      { known: 2, olderKnown: 1, olderWitnesses: 1, youngerWitnesses: 1, spanMs: 60_000 },
    ],
    ['no other is known: a minute', { known: 0, olderKnown: 0, olderWitnesses: 0, spanMs: 60_000 }],
  ])('%s', (_, testimony) => {
    expect(weigh({ ...enough, ...testimony }, rules)).toEqual({ kind: 'proven' });
  });

  it.each<[about: string, testimony: Partial<Testimony>, witnesses: number, spanMs: number]>([
    ['two refusals', { refusals: 2 }, 0, 0],
    ['two witnesses', { olderWitnesses: 2 }, 1, 0],
    [
      'younger witnesses, where there are older pairs to ask',
      { olderWitnesses: 1, youngerWitnesses: 9 },
      2,
      0,
    ],
    [
      'younger witnesses, sooner than half a minute',
      { olderKnown: 2, olderWitnesses: 0, youngerWitnesses: 3, spanMs: 29_999 },
      0,
      1,
    ],
    ['one of two that are known', { known: 2, olderKnown: 2, olderWitnesses: 1, spanMs: 90_000 }, 1, 0],
    [
      'no other is known, sooner than a minute',
      { known: 0, olderKnown: 0, olderWitnesses: 0, spanMs: 59_999 },
      0,
      1,
    ],
  ])('but not by %s', (_, testimony, witnesses, spanMs) => {
    expect(weigh({ ...enough, ...testimony }, rules)).toEqual({ kind: 'lacking', witnesses, spanMs });
  });
});

describe('it is an incident', () => {
  const quiet: FleetRefusals = { newly: 0, refused: 0, asked: 100, served: 10_000 };

  it.each<[fleet: Partial<FleetRefusals>, cause: ReturnType<typeof incidentCause>]>([
    [{}, null],
    [{ newly: 2, asked: 2 }, null],
    [{ newly: 3, asked: 59 }, 'newly_refused'],
    [{ newly: 3, asked: 60 }, null],
    [{ newly: 6, asked: 100 }, 'newly_refused'],
    [{ newly: 5, asked: 100 }, null],
    [{ refused: 200 }, null],
    [{ refused: 201 }, 'refused'],
    [{ refused: 5, served: 1 }, null],
    [{ refused: 6, served: 1 }, 'refused'],
    [{ refused: 6, served: 250 }, 'refused'],
    [{ refused: 5, served: 250 }, null],
    [{ newly: 3, asked: 0, served: 0 }, 'newly_refused'],
  ])('%j: %s', (fleet, cause) => {
    expect(incidentCause({ ...quiet, ...fleet }, rules)).toBe(cause);
  });
});
