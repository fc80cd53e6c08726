import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CacheReadOptions, CacheSwapOptions, CacheWrite, PassCache } from '../../src/cache/PassCache.js';
import { watchEvents } from './canaries.js';
import { campaignMs, holds, Tally, watchUnhandled } from './runs.js';
import { deadlineMs, device, endOf, ends, recovers, stage } from './stage.js';
import { SteppedClock } from './SteppedClock.js';
import { OpenCache } from './stored.js';

watchUnhandled();

/** What a cache does instead of answering; `undefined`: it answers. */
type Fault = (answer: unknown) => unknown;

const nearlyRight: readonly Fault[] = [
  (answer) => (Array.isArray(answer) ? answer.slice(1) : answer === null),
  (answer) => (Array.isArray(answer) ? [...answer, null] : [answer, {}]),
  (answer) => (Array.isArray(answer) ? Object.assign(answer.slice(), { length: answer.length + 1 }) : {}),
  (answer) => (Array.isArray(answer) ? answer.map((entry: unknown) => entry ?? undefined) : undefined),
  // oxlint-disable-next-line unicorn/no-new-array -- a list of holes is what is wanted
  (answer) => (Array.isArray(answer) ? new Array<unknown>(answer.length) : null),
  (answer) => (Array.isArray(answer) ? new ShortWhenIterated(answer.length) : 1),
  (answer) => JSON.stringify(answer),
  () => Object.defineProperty({}, 'ok', { get: thrower, enumerable: true }),
  (answer) =>
    Array.isArray(answer)
      ? answer.map(() => Object.defineProperty({ version: 'v' }, 'value', { get: thrower }))
      : 1,
  () => Proxy.revocable({}, {}),
  () => revoked(),
];

/** Values that are no answer, of which none is the well-formed lie that a key is absent: no library can tell that one. */
const noAnswers: fc.Arbitrary<Fault> = fc.oneof(
  fc
    .constantFrom<unknown>(
      undefined,
      null,
      0,
      1n,
      true,
      '',
      'null',
      Symbol('no answer'),
      [],
      {},
      { ok: 'true' },
      { ok: true },
      { ok: true, version: 7 },
      { ok: true, version: '' },
      { ok: false },
      { ok: false, current: undefined },
      { ok: false, current: { value: 'x' } },
      { ok: false, current: { value: 1, version: 'v' } },
      { length: 3 },
      Array.from({ length: 50 }, () => null),
      [undefined, undefined, undefined],
      [{}, {}, {}],
      [{ value: 'x' }, null, null],
      [{ value: 'x', version: null }, null, null],
      [{ value: Buffer.from('x'), version: 'v' }, null, null],
      [[null], [null], [null]],
      new Map(),
      () => null,
    )
    .map((value) => () => value),
  fc
    .anything()
    .filter((value) => !Array.isArray(value))
    .map((value) => () => value),
  fc.constantFrom(...nearlyRight),
);

/** Its iterator tells of fewer entries than its length. */
class ShortWhenIterated extends Array<unknown> {
  override [Symbol.iterator](): ArrayIterator<unknown> {
    return [][Symbol.iterator]();
  }
}

function thrower(): never {
  throw new TypeError('a getter that throws');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** What a cache throws, made when it is thrown: the generator cannot carry a revoked proxy. */
const thrown: fc.Arbitrary<() => unknown> = fc.oneof(
  fc
    .constantFrom<unknown[]>(
      undefined,
      null,
      'a text',
      404,
      Symbol('an error'),
      { code: 'ECONNRESET' },
      { code: 'secret_mismatch', name: 'PassError' },
      new Error('connection lost'),
      new AggregateError([new Error('a'), new Error('b')], ''),
      new DOMException('late', 'TimeoutError'),
      Object.create(null),
    )
    .map((reason) => () => reason),
  fc.anything().map((reason) => () => reason),
  fc.constant(revoked),
);

const faults: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 6, arbitrary: noAnswers },
  {
    weight: 2,
    arbitrary: thrown.map((make) => async () => {
      throw make();
    }),
  },
  {
    weight: 1,
    arbitrary: thrown.map((make) => () => {
      throw make();
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Fault>(
      () => new Promise(() => undefined),
      // oxlint-disable-next-line unicorn/no-thenable -- a foreign promise is what is wanted
      () => ({ then: () => undefined }),
      // oxlint-disable-next-line unicorn/no-thenable -- a foreign promise is what is wanted
      () => ({ then: thrower }),
      // oxlint-disable-next-line unicorn/no-thenable -- a foreign promise is what is wanted
      () => Object.defineProperty({}, 'then', { get: thrower }),
    ),
  },
);

/** Before the real cache does its work, after it, or instead of it. */
const moments = fc.constantFrom('instead' as const, 'after' as const);

interface Plan {
  /** What it happens to: a cache whose reads alone are broken still takes a lease. */
  readonly of: 'read' | 'swap' | 'both';
  readonly at: number;
  readonly moment: 'instead' | 'after';
  readonly fault: Fault;
}

class BrokenCache implements PassCache {
  readonly scope = 'shared';
  readonly #inner: OpenCache;
  readonly #plans: readonly Plan[];
  #operations = 0;
  healed = false;
  faults = 0;

  constructor(inner: OpenCache, plans: readonly Plan[]) {
    this.#inner = inner;
    this.#plans = plans;
  }

  read(keys: readonly string[], _options?: CacheReadOptions): Promise<never> {
    return this.#answer('read', () => this.#inner.read(keys));
  }

  swap(
    key: string,
    expected: string | null,
    next: CacheWrite | null,
    _options?: CacheSwapOptions,
  ): Promise<never> {
    return this.#answer('swap', () => this.#inner.swap(key, expected, next));
  }

  // Not async: what is thrown here is thrown at the caller at once.
  #answer(kind: 'read' | 'swap', work: () => Promise<unknown>): Promise<never> {
    this.#operations += 1;
    const plan = this.#plans.find(({ at, of }) => at === this.#operations && (of === 'both' || of === kind));
    if (plan === undefined || this.healed) return work() as Promise<never>;
    this.faults += 1;
    const done = plan.moment === 'after' ? work() : Promise.resolve(null);
    if (plan.moment === 'instead') return plan.fault(null) as Promise<never>;
    return done.then((answer) => plan.fault(answer)) as Promise<never>;
  }
}

const kinds = fc.constantFrom<Plan['of'][]>('read', 'swap', 'both');

const plans: fc.Arbitrary<readonly Plan[]> = fc.oneof(
  fc.array(fc.record({ at: fc.integer({ min: 1, max: 14 }), of: kinds, moment: moments, fault: faults }), {
    minLength: 1,
    maxLength: 4,
  }),
  // It is broken for good, until somebody repairs it.
  fc
    .record({ of: kinds, moment: moments, fault: faults, from: fc.integer({ min: 1, max: 8 }) })
    .map(({ from, ...plan }) => Array.from({ length: 200 }, (_, index) => ({ ...plan, at: from + index }))),
);

/** A device comes twice while the cache is broken, and once more when it is whole again. */
async function live(isKnown: boolean, planned: readonly Plan[], tally: Tally): Promise<void> {
  const clock = new SteppedClock();
  const inner = new OpenCache(clock);
  if (isKnown) {
    const before = stage({ cache: inner }, clock);
    expect(await endOf(before, before.pass.client(device).accessToken())).toBe('answered');
    await ends(before);
  }
  const cache = new BrokenCache(inner, planned);
  const on = stage({ cache }, clock);
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    tally.add(await endOf(on, on.pass.client(device).profiles.all()));
    await clock.pass(20_000);
  }
  if (cache.faults > 0) tally.add('met a fault');
  cache.healed = true;
  await recovers(on);
  expect(on.upstream.count('register')).toBe(isKnown ? 0 : 1);
}

describe('a cache that answers what is no answer', () => {
  it(
    'costs a known device nothing, and an unknown one no second pair',
    async () => {
      watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(fc.boolean(), plans, async (isKnown, planned) => {
        await live(isKnown, planned, tally);
      });
      await holds(property, 400);
      tally.report('broken cache');
      expect(tally.of('met a fault')).toBeGreaterThan(100);
      expect(tally.of('cache_unavailable')).toBeGreaterThan(50);
      expect(tally.of('answered')).toBeGreaterThan(50);
    },
    campaignMs,
  );

  it('costs a known device nothing where its reads alone are broken', async () => {
    const tally = new Tally();
    for (const fault of nearlyRight) {
      const planned = Array.from({ length: 200 }, (_, index) => {
        return { at: index + 1, of: 'read', moment: 'after', fault } as const;
      });
      await live(true, planned, tally);
    }
    expect(tally.of('cache_unavailable')).toBeGreaterThan(nearlyRight.length);
  });

  it(
    'leaves the readiness report an answer',
    async () => {
      watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(faults, faults, async (readFault, checkFault) => {
        const cache: PassCache = {
          scope: 'shared',
          read: () => readFault(null) as Promise<never>,
          swap: () => Promise.reject(new Error('not in this test')),
          check: () => checkFault(null) as Promise<never>,
        };
        const on = stage({ cache });
        const { outcome } = await on.clock.settle(on.pass.readiness(), deadlineMs);
        if (outcome.status === 'rejected') throw new Error('rejected', { cause: outcome.reason });
        const { ready, findings } = outcome.value;
        expect(ready).toBe(false);
        expect(findings.map(({ code }) => code)).toContain('cache_unavailable');
        for (const finding of findings) {
          expect(finding).toEqual({
            level: expect.stringMatching(/^(?:error|warning|info)$/),
            code: expect.any(String),
            message: expect.any(String),
          });
        }
        tally.add('reported');
        await ends(on);
      });
      await holds(property, 200);
      expect(tally.of('reported')).toBeGreaterThan(0);
    },
    campaignMs,
  );
});
