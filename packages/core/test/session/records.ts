import fc from 'fast-check';
import type {
  CredentialsRecord,
  EarlierPair,
  LeaseRecord,
  TokenRecord,
} from '../../src/registration/record.js';

/** Any records that a process could want to store, with what Adobe Pass answers at its ugliest. */

const someText = fc.oneof(
  fc.uuid(),
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({
    unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    minLength: 1,
  }),
  fc.stringMatching(/^[A-Za-z0-9_-]{1,40}$/),
);
const anInstant = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 42 }),
  fc.double({ noDefaultInfinity: true, noNaN: true }).filter((value) => !Object.is(value, -0)),
);
const aMark = fc.option(anInstant);

const aPair: fc.Arbitrary<EarlierPair> = fc.record({
  clientId: someText,
  clientSecret: someText,
  registeredAt: anInstant,
  statement: fc.oneof(fc.constant(''), someText),
  boundAt: aMark,
  signedInAt: aMark,
  signedOutAt: aMark,
  generation: fc.integer({ min: 1 }),
});

export const aCredentialsRecord: fc.Arbitrary<CredentialsRecord> = fc
  .tuple(aPair, fc.array(aPair, { maxLength: 3 }))
  .map(([pair, earlier]) => ({ ...pair, earlier }));

export const aTokenRecord: fc.Arbitrary<TokenRecord> = fc
  .record({ clientId: someText, accessToken: someText, issuedAt: anInstant, expiresAt: anInstant })
  .filter(({ issuedAt, expiresAt }) => expiresAt > issuedAt);

export const aLeaseRecord: fc.Arbitrary<LeaseRecord> = fc.record({
  kind: fc.constantFrom('work', 'cooldown'),
  until: anInstant,
  forMs: anInstant,
  code: fc.option(someText),
});
