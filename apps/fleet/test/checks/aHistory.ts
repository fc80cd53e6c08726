import type { DcrCall, HandOut, History, Settled, Terms } from '../../src/checks/History.js';

/** Times are milliseconds since a moment of no importance. */
export const terms: Terms = {
  deadlineMs: 15_000,
  toleranceMs: 500,
  tokenLifeMs: 60_000,
  upstreamTimeoutMs: 4_000,
  leaseMs: 5_000,
  pollMs: 500,
  writesAreComplete: true,
};

export const registration: DcrCall = {
  kind: 'register',
  worker: 'w1',
  device: 1,
  startedAt: 1_000,
  endedAt: 1_100,
  status: 201,
  clientId: 'A',
  issued: null,
};

export const tokenCall: DcrCall = {
  ...registration,
  kind: 'token',
  startedAt: 1_120,
  endedAt: 1_150,
  issued: 'tA',
};

export const handOut: HandOut = {
  worker: 'w1',
  device: 1,
  clientId: 'A',
  token: 'tA',
  startedAt: 990,
  endedAt: 1_200,
  middlewareMs: 1,
};

export const settled: readonly Settled[] = [
  { worker: 'w1', device: 1, kind: 'register', at: 1_102, answered: true },
  { worker: 'w1', device: 1, kind: 'token', at: 1_152, answered: true },
];

/** One device, one request, nothing wrong. */
export const aHistory: History = {
  handOuts: [handOut],
  refusals: [],
  calls: [
    {
      worker: 'w1',
      device: 1,
      startedAt: 990,
      endedAt: 1_200,
      end: { kind: 'answered', status: 200, code: null },
    },
  ],
  dcrCalls: [registration, tokenCall],
  apiCalls: [],
  registrations: [{ device: 1, clientId: 'A', at: 1_050 }],
  kills: [],
  disturbances: [],
  settled,
  leaseExpiries: [],
  writes: [{ device: 1, at: 1_110, stamp: 'one' }],
  audits: [{ device: 1, clientId: 'A' }],
};

/** The same after a second pair: registered by w2, stored, used, and handed out. */
export const twoPairs: History = {
  ...aHistory,
  handOuts: [
    handOut,
    { ...handOut, worker: 'w2', clientId: 'B', token: 'tB', startedAt: 2_000, endedAt: 2_200 },
  ],
  dcrCalls: [
    registration,
    tokenCall,
    { ...registration, worker: 'w2', startedAt: 2_010, endedAt: 2_100, clientId: 'B' },
    { ...tokenCall, worker: 'w2', startedAt: 2_120, endedAt: 2_150, clientId: 'B', issued: 'tB' },
  ],
  settled: [...settled, ...settled.map((one) => ({ ...one, worker: 'w2', at: one.at + 1_000 }))],
  registrations: [...aHistory.registrations, { device: 1, clientId: 'B', at: 2_050 }],
  writes: [...aHistory.writes, { device: 1, at: 2_110, stamp: 'two' }],
  audits: [{ device: 1, clientId: 'B' }],
};
