import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PassOptions } from '../../src/options.js';
import { canaries, codeOf, watchEvents } from './canaries.js';
import { campaignMs, holds, Tally, watchUnhandled } from './runs.js';
import { cacheOf, device, endOf, ends, recovers, stage, type Stage } from './stage.js';
import { SteppedClock } from './SteppedClock.js';

watchUnhandled();

const secretText = fc.constantFrom<unknown>(
  canaries.statement,
  canaries.secret,
  canaries.clientSecret,
  `https://user:${canaries.secret}@sp.auth.adobe.com/`,
  `https://sp.auth.adobe.com/?${canaries.accessToken}`,
  `http://${canaries.identifier}.example/`,
  [canaries.secret, canaries.secret],
  [canaries.secret, 'short'],
);

/** Near what an option takes, for those that have parts. */
const near: Partial<Record<keyof PassOptions, fc.Arbitrary<unknown>>> = {
  softwareStatement: fc.tuple(fc.nat(), fc.string({ unit: 'binary', maxLength: 3 })).map(([at, text]) => {
    const place = at % (canaries.statement.length + 1);
    return `${canaries.statement.slice(0, place)}${text}${canaries.statement.slice(place + 1)}`;
  }),
  secret: fc.oneof(
    fc.array(
      fc.oneof(fc.constant(canaries.secret), fc.string({ minLength: 30, maxLength: 34 }), fc.anything()),
      {
        maxLength: 4,
      },
    ),
    // oxlint-disable-next-line no-sparse-arrays -- a list with holes is what is wanted
    fc.constantFrom<unknown[]>([canaries.secret, , canaries.secret], [,]),
  ),
  cache: fc.record(
    {
      scope: fc.oneof(fc.constantFrom('process', 'host', 'shared', 'Shared'), fc.anything()),
      read: fc.oneof(
        fc.constant(async () => []),
        fc.anything(),
      ),
      swap: fc.oneof(
        fc.constant(async () => ({ ok: false, current: null })),
        fc.anything(),
      ),
    },
    { requiredKeys: [] },
  ),
  limits: fc.dictionary(
    fc.constantFrom(
      'devices',
      'concurrentRegistrations',
      'registrationsPerAddress',
      'registrationsPerProcess',
      'burst',
    ),
    fc.oneof(
      fc.anything(),
      fc.double(),
      fc.integer(),
      fc.record({
        burst: fc.oneof(fc.integer(), fc.anything()),
        perSecond: fc.oneof(fc.double(), fc.anything()),
      }),
    ),
  ),
  baseUrl: fc.oneof(
    fc.webUrl(),
    fc.webUrl({ withQueryParameters: true }),
    fc.ipV4().map((host) => `http://${host}`),
  ),
  redirectUri: fc.oneof(fc.webUrl(), fc.string({ unit: 'binary' })),
  application: fc.string({ unit: 'binary', maxLength: 45 }),
  serviceProvider: fc.string({ maxLength: 140 }),
};

const optionNames: readonly (keyof PassOptions)[] = [
  'softwareStatement',
  'serviceProvider',
  'environment',
  'baseUrl',
  'application',
  'redirectUri',
  'cache',
  'secret',
  'dispatcher',
  'limits',
];

const wrongOption = fc
  .constantFrom(...optionNames)
  .chain((name) =>
    fc.tuple(
      fc.constant(name),
      fc.oneof(
        { weight: 2, arbitrary: fc.anything() },
        { weight: 1, arbitrary: secretText },
        { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
        { weight: 3, arbitrary: near[name] ?? fc.anything() },
      ),
    ),
  );

describe('an option of any value', () => {
  it(
    'is taken, and the Pass works or says what is wrong, or is refused by its name and without its content',
    async () => {
      watchEvents();
      const tally = new Tally();
      const property = fc.asyncProperty(wrongOption, async ([name, value]) => {
        let on: Stage;
        try {
          on = stage({ [name]: value });
        } catch (error) {
          const code = codeOf(error);
          const codes = ['option_invalid', 'secret_too_short', 'software_statement_malformed'];
          expect(codes).toContain(code);
          expect((error as Error).message).toContain(name);
          tally.add(`${name} refused`);
          return;
        }
        tally.add(`${name} taken`);
        await endOf(on, on.pass.client(device).accessToken());
        await ends(on);
      });
      await holds(property, 600);
      tally.report('options');
      for (const name of optionNames) expect(tally.of(`${name} refused`)).toBeGreaterThan(5);
      for (const name of ['secret', 'redirectUri', 'serviceProvider'])
        expect(tally.of(`${name} taken`)).toBeGreaterThan(0);
    },
    campaignMs,
  );

  it(
    'options that are no object are refused',
    async () => {
      const primitives = fc.oneof(
        fc.constantFrom<unknown>(
          null,
          undefined,
          0,
          '',
          canaries.secret,
          1n,
          Symbol('x'),
          () => canaries.secret,
        ),
        fc.array(fc.anything()),
        fc.string(),
        fc.double(),
      );
      const { createPass } = await import('../../src/createPass.js');
      const property = fc.asyncProperty(primitives, async (given) => {
        expect(await codeThrownBy(() => createPass(given as PassOptions))).toBe('option_invalid');
      });
      await holds(property, 200);
    },
    campaignMs,
  );
});

async function codeThrownBy(call: () => unknown): Promise<string> {
  try {
    await call();
  } catch (error) {
    return codeOf(error);
  }
  return 'nothing was thrown';
}

describe('a softwareStatement function', () => {
  it(
    'that answers or throws anything: the device is told in time, and served when it answers well',
    async () => {
      watchEvents();
      const tally = new Tally();
      const quoting = new Error(`cannot parse ${canaries.statement}`, { cause: canaries.secret });
      const sources: fc.Arbitrary<() => unknown> = fc.oneof(
        fc.anything().map((value) => () => value),
        fc.anything().map((value) => async () => value),
        fc.anything().map((value) => async () => {
          throw value;
        }),
        fc.anything().map((value) => () => {
          throw value;
        }),
        fc.constantFrom<(() => unknown)[]>(
          () => new Promise(() => undefined),
          () => Promise.reject(quoting),
          () => {
            throw quoting;
          },
          () => `${canaries.statement}.${canaries.secret}`,
          () => ` ${canaries.statement}\n`,
        ),
      );
      const property = fc.asyncProperty(sources, async (source) => {
        let answer = source;
        const clock = new SteppedClock();
        const softwareStatement = (): string => answer() as string;
        const on = stage({ softwareStatement, cache: cacheOf(clock) }, clock);
        const end = await endOf(on, on.pass.client(device).accessToken());
        tally.add(end);
        expect(on.upstream.count('register')).toBe(end === 'answered' ? 1 : 0);
        answer = () => canaries.statement;
        await recovers(on);
      });
      await holds(property, 250);
      tally.report('softwareStatement');
      expect(tally.names).toEqual(
        expect.arrayContaining([
          'answered',
          'software_statement_malformed',
          'software_statement_unavailable',
        ]),
      );
    },
    campaignMs,
  );
});
