import { describe, expect, it } from 'vitest';
import { judge } from '../../src/checks/judge.js';
import type { Call, Disturbance, History, Settled, Terms } from '../../src/checks/History.js';
import { aHistory, handOut, registration, settled, terms, tokenCall, twoPairs } from './aHistory.js';

const found = (history: History, with_: Partial<Terms> = {}): readonly string[] => [
  ...new Set(judge(history, { ...terms, ...with_ }).violations.map(({ invariant }) => invariant)),
];

const [call] = aHistory.calls as readonly [Call];

const disturbance = (
  kind: Disturbance['kind'],
  worker: string | null,
  startedAt: number,
  endedAt: number | null,
) => ({ kind, worker, startedAt, endedAt }) as const;

describe('a run in which nothing is wrong', () => {
  it('has no violation', () => {
    expect(judge(aHistory, terms)).toEqual({
      violations: [],
      figures: {
        calls: 1,
        registrations: 1,
        tokens: 1,
        kills: 0,
        orphans: 0,
        lost: 0,
        switched: 0,
        late: 0,
      },
    });
  });

  it('may replace a pair that was revoked', () => {
    const history = { ...twoPairs, kills: [{ device: 1, clientId: 'A', at: 1_900 }] };
    expect(found(history)).toEqual([]);
    expect(judge(history, terms).figures).toMatchObject({
      kills: 1,
      registrations: 2,
      orphans: 0,
      switched: 0,
    });
  });
});

describe('I1', () => {
  it('a device is handed another pair while its own lives', () => {
    expect(found(twoPairs)).toContain('I1');
    expect(judge(twoPairs, terms).figures.switched).toBe(1);
  });

  it('and is revoked only afterwards', () => {
    expect(found({ ...twoPairs, kills: [{ device: 1, clientId: 'A', at: 2_300 }] })).toContain('I1');
  });

  it('is seen in the calls to Adobe Pass too, when no log tells', () => {
    const apiCall = { worker: 'w2', device: 1, clientId: 'B', token: 'tB', at: 2_160, status: 200 } as const;
    expect(found({ ...twoPairs, handOuts: [handOut], apiCalls: [apiCall] })).toContain('I1');
  });
});

describe('I2', () => {
  it('whoever remembers nothing is given another pair than the living one', () => {
    const history: History = { ...twoPairs, handOuts: [handOut] };
    expect(found(history)).toContain('I2');
    expect(judge(history, terms).figures.lost).toBe(1);
  });

  it('or none', () => {
    expect(found({ ...aHistory, audits: [{ device: 1, clientId: null }] })).toEqual(['I2']);
  });

  it('or one that nobody registered', () => {
    expect(found({ ...aHistory, audits: [{ device: 1, clientId: 'X' }] })).toContain('I2');
  });

  it.each([
    ['overwritten', 'two'],
    ['deleted', null],
  ])('living credentials are %s in Redis, whoever is told of it', (_how, stamp) => {
    expect(found({ ...aHistory, writes: [...aHistory.writes, { device: 1, at: 3_000, stamp }] })).toEqual([
      'I2',
    ]);
  });

  it('Redis may lose what it is made to lose, and be given it again', () => {
    const writes = [
      ...aHistory.writes,
      { device: 1, at: 3_000, stamp: null },
      { device: 1, at: 3_100, stamp: 'new' },
    ];
    const disturbances = [disturbance('redis-lost-writes', null, 2_900, 3_050)];
    expect(found({ ...aHistory, writes, disturbances })).toEqual([]);
  });
});

describe('I3', () => {
  const orphaned: History = {
    ...twoPairs,
    handOuts: [handOut],
    audits: aHistory.audits,
    writes: aHistory.writes,
    dcrCalls: twoPairs.dcrCalls.slice(0, 3),
  };

  it('a device is registered a second time for no reason', () => {
    expect(found(orphaned)).toEqual(['I3']);
    expect(judge(orphaned, terms).figures.orphans).toBe(1);
  });

  it.each([
    ['the process that registered first died', disturbance('died', 'w1', 1_500, null)],
    ['it was held up', disturbance('paused', 'w1', 1_050, 1_900)],
    ['Redis could not be reached', disturbance('redis-unreachable', null, 1_200, 1_900)],
  ])('unless %s', (_why, one) => {
    expect(found({ ...orphaned, disturbances: [one] })).toEqual([]);
  });

  it('but not because another process died, or this one did later', () => {
    expect(found({ ...orphaned, disturbances: [disturbance('died', 'w3', 1_500, null)] })).toEqual(['I3']);
    expect(found({ ...orphaned, disturbances: [disturbance('died', 'w1', 2_500, null)] })).toEqual(['I3']);
  });

  it('an answer that nobody waited for any longer is a reason', () => {
    const [answered, ...others] = orphaned.settled as readonly [Settled, ...Settled[]];
    const givenUp = { ...answered, answered: false };
    expect(found({ ...orphaned, settled: [givenUp, ...others] })).toEqual([]);
    // A busy simulator takes up what nobody waits for any longer.
    expect(found({ ...orphaned, settled: [{ ...givenUp, at: 900 }, ...others] })).toEqual([]);
    expect(found({ ...orphaned, settled: [answered, { ...givenUp, at: 900 }, ...others] })).toEqual(['I3']);
  });

  it('so is a lease that expired', () => {
    const expiry = { device: 1, at: 1_900, lifeMs: terms.leaseMs };
    expect(found({ ...orphaned, leaseExpiries: [expiry] })).toEqual([]);
    expect(found({ ...orphaned, leaseExpiries: [{ ...expiry, device: 2 }] })).toEqual(['I3']);
  });

  it('a cooldown that expired is none', () => {
    const expiry = { device: 1, at: 1_900, lifeMs: 1_000 };
    expect(found({ ...orphaned, leaseExpiries: [expiry] })).toEqual(['I3']);
  });

  it('an answer that never came is a reason', () => {
    const lost = { ...registration, status: 'dropped' } as const;
    const history = {
      ...twoPairs,
      handOuts: twoPairs.handOuts.slice(1),
      dcrCalls: [lost, ...twoPairs.dcrCalls.slice(2)],
    };
    expect(found({ ...history, writes: history.writes.slice(1) })).toEqual([]);
  });
});

describe('I4', () => {
  it('a pair is handed out before it is stored', () => {
    expect(found({ ...aHistory, writes: [{ device: 1, at: 1_300, stamp: 'one' }] })).toEqual(['I4']);
  });

  it('a token is asked for before the pair is stored', () => {
    expect(found({ ...aHistory, writes: [{ device: 1, at: 1_190, stamp: 'one' }] })).toEqual(['I4']);
  });

  it('the pair that replaces another is handed out before it is stored', () => {
    const history = {
      ...twoPairs,
      kills: [{ device: 1, clientId: 'A', at: 1_900 }],
      writes: aHistory.writes,
    };
    expect(found(history)).toEqual(['I4']);
  });

  it('is not asked where Redis was not watched', () => {
    expect(found({ ...aHistory, writes: [] }, { writesAreComplete: false })).toEqual([]);
  });
});

describe('I5', () => {
  it('a process has two calls for one device on the wire', () => {
    expect(
      found({
        ...aHistory,
        dcrCalls: [registration, { ...tokenCall, startedAt: 1_090 }],
        writes: [{ device: 1, at: 1_050, stamp: 'one' }],
      }),
    ).toEqual(['I5']);
  });

  it('two processes do, and nothing has happened', () => {
    const other = {
      ...registration,
      worker: 'w2',
      startedAt: 1_050,
      endedAt: 1_070,
      status: 500,
      clientId: null,
    };
    expect(found({ ...aHistory, dcrCalls: [registration, other, tokenCall] })).toEqual(['I5']);
    const disturbances = [disturbance('paused', 'w3', 0, 10)];
    expect(found({ ...aHistory, dcrCalls: [registration, other, tokenCall], disturbances })).toEqual([]);
  });

  it('a process does not wait for a second after a 429', () => {
    const throttled = { ...registration, startedAt: 300, endedAt: 310, status: 429, clientId: null };
    const heard: Settled = { worker: 'w1', device: 1, kind: 'register', at: 311, answered: true };
    const history = {
      ...aHistory,
      dcrCalls: [throttled, registration, tokenCall],
      settled: [heard, ...settled],
    };
    expect(found(history)).toEqual(['I5']);
    expect(found({ ...history, settled: [{ ...heard, answered: false }, ...settled] })).toEqual([]);
    const earlier = { ...throttled, startedAt: -10, endedAt: 0 };
    expect(found({ ...history, dcrCalls: [earlier, registration, tokenCall] })).toEqual([]);
  });

  it('a call that a process has given up may still be pending at the other end', () => {
    const pending = {
      ...registration,
      startedAt: -4_000,
      endedAt: null,
      status: 'pending',
      clientId: null,
    } as const;
    const history = {
      ...aHistory,
      dcrCalls: [pending, registration, tokenCall],
      disturbances: [disturbance('upstream-failed', null, -5_000, 0)],
    };
    const givenUp: Settled = { worker: 'w1', device: 1, kind: 'register', at: 0, answered: false };
    expect(found({ ...history, settled: [givenUp, ...settled] })).toEqual([]);
    expect(found(history)).toEqual(['I5']);
  });
});

describe('I6', () => {
  it('a token is handed out that was never issued', () => {
    expect(found({ ...aHistory, handOuts: [{ ...handOut, token: 'tX' }] })).toEqual(['I6']);
  });

  it('or is that of another device', () => {
    const other = { ...handOut, device: 2 };
    expect(
      found({
        ...aHistory,
        handOuts: [handOut, other],
        writes: [...aHistory.writes, { device: 2, at: 1, stamp: 'x' }],
      }),
    ).toEqual(['I6']);
  });

  it('or of another pair', () => {
    expect(found({ ...aHistory, dcrCalls: [registration, { ...tokenCall, clientId: 'B' }] })).toEqual(['I6']);
  });

  it('or has expired', () => {
    const late = { ...handOut, startedAt: 61_200, endedAt: 61_300 };
    expect(found({ ...aHistory, handOuts: [handOut, late] })).toEqual(['I6']);
    const disturbances = [disturbance('paused', 'w1', 61_140, 61_295)];
    expect(found({ ...aHistory, handOuts: [handOut, { ...late, startedAt: 61_100 }], disturbances })).toEqual(
      [],
    );
  });
});

describe('I7', () => {
  it('a call is answered after its deadline', () => {
    const late = { ...call, endedAt: call.startedAt + 16_000 };
    expect(found({ ...aHistory, calls: [late] })).toEqual(['I7']);
    expect(judge({ ...aHistory, calls: [late] }, terms).figures.late).toBe(1);
  });

  it('unless its process was held up meanwhile', () => {
    const late = { ...call, endedAt: call.startedAt + 16_000 };
    expect(
      found({ ...aHistory, calls: [late], disturbances: [disturbance('paused', 'w1', 2_000, 4_000)] }),
    ).toEqual([]);
    expect(
      found({ ...aHistory, calls: [late], disturbances: [disturbance('paused', 'w2', 2_000, 4_000)] }),
    ).toEqual(['I7']);
  });

  it('a call is never answered', () => {
    expect(found({ ...aHistory, calls: [{ ...call, endedAt: null, end: null }] })).toEqual(['I7']);
  });

  it('a call fails where nothing has happened', () => {
    const failed: Call = { ...call, end: { kind: 'answered', status: 503, code: 'cache_unavailable' } };
    expect(found({ ...aHistory, calls: [failed] })).toEqual(['I7']);
    expect(
      found({ ...aHistory, calls: [failed], disturbances: [disturbance('redis-down', null, 900, 950)] }),
    ).toEqual([]);
    expect(
      found({
        ...aHistory,
        calls: [failed],
        disturbances: [disturbance('redis-down', null, -50_000, -40_000)],
      }),
    ).toEqual(['I7']);
  });

  it('a call fails with what no fault excuses', () => {
    const failed: Call = { ...call, end: { kind: 'answered', status: 500, code: null } };
    expect(
      found({ ...aHistory, calls: [failed], disturbances: [disturbance('redis-down', null, 900, 950)] }),
    ).toEqual(['I7']);
  });

  it('a call is told that its tokens are not accepted, though no pair was revoked', () => {
    const told: Call = {
      ...call,
      end: { kind: 'answered', status: 500, code: 'application_not_accepted' },
    };
    expect(found({ ...aHistory, calls: [told] })).toEqual(['I7']);
    const kills = [{ device: told.device, clientId: 'A', at: told.startedAt }];
    expect(found({ ...aHistory, calls: [told], kills })).not.toContain('I7');
  });

  it('a connection breaks although its process lives', () => {
    const lost: Call = { ...call, end: { kind: 'lost' } };
    expect(found({ ...aHistory, calls: [lost] })).toEqual(['I7']);
    expect(
      found({ ...aHistory, calls: [lost], disturbances: [disturbance('died', 'w1', 1_210, null)] }),
    ).toEqual([]);
  });

  it('whoever hangs up has no claim', () => {
    expect(found({ ...aHistory, calls: [{ ...call, end: { kind: 'abandoned' } }] })).toEqual([]);
  });
});

describe('I9', () => {
  const waited = (ms: number): History => ({
    ...aHistory,
    disturbances: [disturbance('died', 'w0', 980, null)],
    dcrCalls: [
      { ...registration, worker: 'w0', startedAt: 900, endedAt: 950, clientId: null, status: 500 },
      registration,
      tokenCall,
    ],
    calls: [{ ...call, endedAt: 980 + ms }],
  });

  it('whoever waits for a dead process waits longer than its lease and a look', () => {
    expect(found(waited(7_000))).toEqual(['I9']);
    expect(found(waited(5_900))).toEqual([]);
  });

  it('a device that the dead process had nothing to do with owes it nothing', () => {
    const history = waited(7_000);
    const dcrCalls = history.dcrCalls.map((each) => (each.worker === 'w0' ? { ...each, device: 2 } : each));
    expect(
      found({ ...history, dcrCalls, writes: [...history.writes, { device: 2, at: 1, stamp: 'x' }] }),
    ).toEqual([]);
  });
});
