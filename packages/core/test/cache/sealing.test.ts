import { createDecipheriv, hkdfSync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSealer, createSealerWith, type Sealer } from '../../src/cache/sealing.js';
import vectors from './vectors.json' with { type: 'json' };

const oldSecret = 'the old secret of at least thirty-two characters';
const newSecret = 'the new secret of at least thirty-two characters';
const latestSecret = 'the latest secret, at least thirty-two characters';
const key = 'pass-dcr:1:local:web:{tag}:c';
let sealer: Sealer;
beforeEach(() => {
  sealer = createSealer([oldSecret]);
});

describe('an envelope', () => {
  it.each(vectors.envelopes)('opens for ever: $keyName', ({ secret, keyName, plaintext, sealed }) => {
    expect(createSealer([secret]).open(keyName, sealed)).toEqual({
      ok: true,
      plaintext,
      isOutdated: false,
    });
  });

  it.each(vectors.envelopes)(
    'is spelled the same for the same IV: $keyName',
    ({ secret, keyName, ivHex, plaintext, sealed }) => {
      expect(createSealerWith([secret], () => Buffer.from(ivHex, 'hex')).seal(keyName, plaintext)).toBe(
        sealed,
      );
    },
  );

  it.each(vectors.envelopes)(
    'opens with node:crypto alone: $keyName',
    ({ secret, keyName, plaintext, sealed }) => {
      const [version, keyId, encoded = ''] = sealed.split('.');
      const body = Buffer.from(encoded, 'base64url');
      const recordKey = hkdfSync('sha256', secret, 'pass-dcr/1', `sealing|${keyName}`, 32);
      const decipher = createDecipheriv('aes-256-gcm', Buffer.from(recordKey), body.subarray(0, 12));
      decipher.setAAD(Buffer.from(`${version}|${keyId}|${keyName}`));
      decipher.setAuthTag(body.subarray(-16));
      expect(Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]).toString()).toBe(
        plaintext,
      );
    },
  );

  it('gives back any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(sealer.open(key, sealer.seal(key, json))).toMatchObject({ ok: true, plaintext: json });
      }),
    );
  });

  it('is ASCII, and never the same twice', () => {
    const sealed = sealer.seal(key, '"ü📺"');
    expect(sealed).toMatch(/^e1\.[A-Za-z0-9_-]{8}\.[A-Za-z0-9_-]+$/);
    expect(sealer.seal(key, '"ü📺"')).not.toBe(sealed);
  });

  it('opens under no other key name', () => {
    fc.assert(
      fc.property(fc.string(), (other) => {
        fc.pre(other !== key);
        expect(sealer.open(other, sealer.seal(key, '{}'))).toEqual({ ok: false, reason: 'damaged' });
      }),
    );
  });

  // Three lengths, because the last character of base64url has spare bits for two of them.
  it.each(['"s"', '"se"', '"sec"'])('does not open once any of its bits is flipped: %s', (plaintext) => {
    const sealed = Buffer.from(sealer.seal(key, plaintext));
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(sealer.open(key, flipped.toString('latin1')), `bit ${bit}`).toMatchObject({ ok: false });
    }
  });

  it('is answered, not thrown at, whatever the cache holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((rest) => `e1.${rest}`),
        ),
        (sealed) => {
          expect(sealer.open(key, sealed)).toMatchObject({ ok: false });
        },
      ),
    );
  });

  it('of another secret is told from a damaged one', () => {
    const sealed = createSealer([newSecret]).seal(key, '{}');
    expect(sealer.open(key, sealed)).toEqual({ ok: false, reason: 'secret' });
  });

  it('that claims the identifier of a secret which did not seal it is damaged', () => {
    const [, keyId] = sealer.seal(key, '{}').split('.');
    const [, , body] = createSealer([newSecret]).seal(key, '{}').split('.');
    expect(sealer.open(key, `e1.${keyId}.${body}`)).toEqual({ ok: false, reason: 'damaged' });
  });

  it.each(['e2.whatever', 'e2.abcdefgh.AAAA', 'e10.abcdefgh.AAAA'])(
    'of a newer version is told apart: %s',
    (sealed) => {
      expect(sealer.open(key, sealed)).toEqual({ ok: false, reason: 'format' });
    },
  );

  it.each([
    '',
    'e1',
    'e1.',
    'e1.abcdefgh',
    'e1.abcdefgh.',
    'e0.abcdefgh.AAAA',
    'p1.e30',
    '{}',
    'text before e2.abcdefgh.AAAA',
  ])('of no version is damaged: %j', (sealed) => {
    expect(sealer.open(key, sealed)).toEqual({ ok: false, reason: 'damaged' });
  });

  it('with anything before or after it is damaged', () => {
    const sealed = sealer.seal(key, '{}');
    for (const other of [`e1.${sealed}`, `${sealed}.`, `${sealed}.AAAA`, `${sealed}\n`])
      expect(sealer.open(key, other)).toEqual({ ok: false, reason: 'damaged' });
  });

  it('that is cut short is damaged', () => {
    const sealed = sealer.seal(key, '');
    for (let length = 'e1.12345678.'.length + 1; length < sealed.length; length += 1) {
      expect(sealer.open(key, sealed.slice(0, length))).toEqual({ ok: false, reason: 'damaged' });
    }
  });
});

describe('a list of secrets', () => {
  it('seals with the first and opens with every one', () => {
    const rotated = createSealer([newSecret, oldSecret]);
    expect(rotated.open(key, sealer.seal(key, '1'))).toMatchObject({ ok: true, plaintext: '1' });
    expect(createSealer([newSecret]).open(key, rotated.seal(key, '2'))).toMatchObject({
      ok: true,
      plaintext: '2',
    });
  });

  it.each<[secrets: string[], outdated: string[], current: string[]]>([
    [[oldSecret], [], [oldSecret]],
    [[oldSecret, newSecret, oldSecret], [], [oldSecret, newSecret]],
    [[newSecret, oldSecret], [oldSecret], [newSecret]],
    [[newSecret, latestSecret, newSecret, oldSecret], [oldSecret], [newSecret, latestSecret]],
    [[latestSecret, newSecret, oldSecret], [newSecret, oldSecret], [latestSecret]],
  ])(
    'tells what an older secret sealed from what this or a coming one did (list %#)',
    (secrets, outdated, current) => {
      const opened = createSealer(secrets);
      const isOutdated = (secret: string): unknown => opened.open(key, createSealer([secret]).seal(key, '1'));
      for (const secret of outdated) expect(isOutdated(secret)).toMatchObject({ isOutdated: true });
      for (const secret of current) expect(isOutdated(secret)).toMatchObject({ isOutdated: false });
    },
  );

  it('may name a secret twice, so that a fleet can learn a new one before it seals with it', () => {
    const learning = createSealer([oldSecret, newSecret, oldSecret]);
    expect(sealer.open(key, learning.seal(key, '1'))).toMatchObject({ ok: true, plaintext: '1' });
  });

  it('that is empty is refused', () => {
    expect(() => createSealer([])).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        message: expect.stringContaining('received an empty list') as string,
      }),
    );
  });

  it('cannot be read off the sealer', () => {
    const shown = `${inspect(sealer, { depth: null, showHidden: true })} ${JSON.stringify(sealer)}`;
    expect(shown).not.toContain(oldSecret);
  });
});
