import { createDecipheriv, hkdfSync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { createSealer, createSealerWith, type Sealer } from '../../src/cache/sealing.js';
import { secretId } from '../../src/cache/secretKeys.js';
import vectors from './vectors.json' with { type: 'json' };

const oldSecret = 'the old secret of at least thirty-two characters';
const newSecret = 'the new secret of at least thirty-two characters';
const latestSecret = 'the latest secret, at least thirty-two characters';
const key = 'pass-dcr:lo:web:{tag}:c';
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const text = (plaintext: string): unknown => Buffer.from(plaintext, 'utf8');
let sealer: Sealer;
beforeEach(() => {
  sealer = createSealer([oldSecret]);
});

describe('an envelope', () => {
  it.each(vectors.envelopes)('opens for ever: $keyName', ({ secret, keyName, plaintext, sealed }) => {
    expect(createSealer([secret]).open(keyName, sealed)).toEqual({
      ok: true,
      plaintext: text(plaintext),
      isOutdated: false,
    });
  });

  it.each(vectors.envelopes)(
    'is spelled the same for the same IV: $keyName',
    ({ secret, keyName, ivHex, plaintext, sealed }) => {
      expect(
        createSealerWith([secret], () => Buffer.from(ivHex, 'hex')).seal(keyName, bytes(plaintext)),
      ).toBe(sealed);
    },
  );

  it.each(vectors.envelopes)(
    'opens with node:crypto alone: $keyName',
    ({ secret, keyName, plaintext, sealed }) => {
      const [, version, keyId, encoded = ''] = /^(e2)\.(.{2})(.+)$/.exec(sealed) ?? [];
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

  it('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (plaintext) => {
        const opened = sealer.open(key, sealer.seal(key, plaintext));
        expect(opened).toEqual({ ok: true, plaintext: Buffer.from(plaintext), isOutdated: false });
      }),
    );
  });

  it('adds 43 characters to the base64url of what it seals', () => {
    expect(sealer.seal(key, new Uint8Array(60))).toHaveLength(80 + 43);
  });

  it('is ASCII, and never the same twice', () => {
    const sealed = sealer.seal(key, bytes('"ü📺"'));
    expect(sealed).toMatch(/^e2\.[A-Za-z0-9_-]+$/);
    expect(sealer.seal(key, bytes('"ü📺"'))).not.toBe(sealed);
  });

  it('opens under no other key name', () => {
    fc.assert(
      fc.property(fc.string(), (other) => {
        fc.pre(other !== key);
        expect(sealer.open(other, sealer.seal(key, bytes('{}')))).toEqual({ ok: false, reason: 'damaged' });
      }),
    );
  });

  // Three lengths, because the last character of base64url has spare bits for two of them.
  it.each(['"s"', '"se"', '"sec"'])('does not open once any of its bits is flipped: %s', (plaintext) => {
    const sealed = Buffer.from(sealer.seal(key, bytes(plaintext)));
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
          fc.string().map((rest) => `e2.${rest}`),
        ),
        (sealed) => {
          expect(sealer.open(key, sealed)).toMatchObject({ ok: false });
        },
      ),
    );
  });

  it('of another secret is told from a damaged one', () => {
    const sealed = createSealer([newSecret]).seal(key, bytes('{}'));
    expect(sealer.open(key, sealed)).toEqual({ ok: false, reason: 'secret' });
  });

  it('that claims the identifier of a secret which did not seal it is damaged', () => {
    const named = sealer.seal(key, bytes('{}')).slice(0, 'e2.ab'.length);
    const body = createSealer([newSecret]).seal(key, bytes('{}')).slice(named.length);
    expect(sealer.open(key, named + body)).toEqual({ ok: false, reason: 'damaged' });
  });

  it.each(vectors.formerEnvelopes)('of the format of before is told apart: $keyName', (former) => {
    const opened = createSealer([former.secret]).open(former.keyName, former.sealed);
    expect(opened).toEqual({ ok: false, reason: 'format' });
  });

  it.each(['e3.whatever', 'e3.abcdAAAA', 'e10.abcdAAAA'])(
    'of a newer version is told apart: %s',
    (sealed) => {
      expect(sealer.open(key, sealed)).toEqual({ ok: false, reason: 'format' });
    },
  );

  it.each(['', 'e2', 'e2.', 'e2.ab', 'e2.ab.AAAA', 'e0.abcdAAAA', 'p1.e30', '{}', 'text before e3.abcdAAAA'])(
    'of no version is damaged: %j',
    (sealed) => {
      expect(sealer.open(key, sealed)).toEqual({ ok: false, reason: 'damaged' });
    },
  );

  it('with anything before or after it is damaged', () => {
    const sealed = sealer.seal(key, bytes('{}'));
    for (const other of [`e2.${sealed}`, `${sealed}.`, `${sealed}.AAAA`, `${sealed}\n`])
      expect(sealer.open(key, other)).toEqual({ ok: false, reason: 'damaged' });
  });

  it('that is cut short is damaged', () => {
    const sealed = sealer.seal(key, bytes(''));
    for (let length = 'e2.12'.length + 1; length < sealed.length; length += 1) {
      expect(sealer.open(key, sealed.slice(0, length))).toEqual({ ok: false, reason: 'damaged' });
    }
  });
});

describe('a list of secrets', () => {
  it('seals with the first and opens with every one', () => {
    const rotated = createSealer([newSecret, oldSecret]);
    expect(rotated.open(key, sealer.seal(key, bytes('1')))).toMatchObject({
      ok: true,
      plaintext: text('1'),
    });
    expect(createSealer([newSecret]).open(key, rotated.seal(key, bytes('2')))).toMatchObject({
      ok: true,
      plaintext: text('2'),
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
      const isOutdated = (secret: string): unknown =>
        opened.open(key, createSealer([secret]).seal(key, bytes('1')));
      for (const secret of outdated) expect(isOutdated(secret)).toMatchObject({ isOutdated: true });
      for (const secret of current) expect(isOutdated(secret)).toMatchObject({ isOutdated: false });
    },
  );

  it('may name a secret twice, so that a fleet can learn a new one before it seals with it', () => {
    const learning = createSealer([oldSecret, newSecret, oldSecret]);
    expect(sealer.open(key, learning.seal(key, bytes('1')))).toMatchObject({
      ok: true,
      plaintext: text('1'),
    });
  });

  it('may hold two secrets whose short names are the same', () => {
    const [one, other] = ['2509', '3431'].map((n) => `a secret of the same short name as another: ${n}`) as [
      string,
      string,
    ];
    expect(secretId(one).slice(0, 2)).toBe(secretId(other).slice(0, 2));
    const both = createSealer([one, other]);
    const open = (secret: string): unknown => both.open(key, createSealer([secret]).seal(key, bytes('1')));
    expect(open(one)).toMatchObject({ ok: true, isOutdated: false });
    expect(open(other)).toMatchObject({ ok: true, isOutdated: true });
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
