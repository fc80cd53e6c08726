import { createHmac, hkdfSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyNames } from '../../src/cache/keyNames.js';
import { secretId } from '../../src/cache/secretKeys.js';
import vectors from './vectors.json' with { type: 'json' };

const secret = 'a secret of at least thirty-two characters';
const environments = [
  'release-production',
  'release-staging',
  'prequal-production',
  'prequal-staging',
  'local',
];
const anEnvironment = fc.constantFrom(...environments);
const anApplication = fc.stringMatching(/^[A-Za-z0-9_.-]{1,40}$/);
const keyAlphabet = /^[A-Za-z0-9_.:{}-]{1,200}$/;

describe('the names of a device', () => {
  it.each(vectors.devices)(
    'are frozen: $about',
    ({ identifierHex, tag, credentials, token, lease, ...space }) => {
      const names = createKeyNames({ ...space, nameSecret: space.secret });
      expect(names.deviceTag(Buffer.from(identifierHex, 'hex'))).toBe(tag);
      expect(names.ofDevice(tag)).toEqual({ credentials, token, lease });
    },
  );

  it.each(vectors.devices)('are what node:crypto alone computes: $about', (vector) => {
    const nameKey = hkdfSync('sha256', vector.secret, 'pass-dcr/1', 'names', 32);
    const message = Buffer.concat([
      Buffer.from(`device\0${vector.environment}\0${vector.application}\0`),
      Buffer.from(vector.identifierHex, 'hex'),
    ]);
    const hash = createHmac('sha256', Buffer.from(nameKey)).update(message).digest('base64url');
    expect(vector.tag).toBe(hash.slice(0, 22));
  });

  it('differ between identifiers, environments, applications and secrets', () => {
    const tags = vectors.devices.map(({ tag }) => tag);
    expect(new Set(tags).size).toBe(tags.length);
  });

  it('do not depend on where the application ends and the identifier begins', () => {
    const one = createKeyNames({ environment: 'local', application: 'ab', nameSecret: secret });
    const other = createKeyNames({ environment: 'local', application: 'a', nameSecret: secret });
    expect(one.deviceTag(Buffer.from('c'))).not.toBe(other.deviceTag(Buffer.from('bc')));
  });

  it('are 48 characters at most for an application of eight', () => {
    for (const environment of environments) {
      const names = createKeyNames({ environment, application: 'tv-2026x', nameSecret: secret });
      for (const key of Object.values(names.ofDevice(names.deviceTag(Buffer.from('id')))))
        expect(key.length).toBeLessThanOrEqual(48);
    }
  });

  it('fit into every cache, whatever the environment, the application and the identifier', () => {
    fc.assert(
      fc.property(anEnvironment, anApplication, fc.uint8Array(), (environment, application, identifier) => {
        const names = createKeyNames({ environment, application, nameSecret: secret });
        const tag = names.deviceTag(identifier);
        expect(tag).toMatch(/^[A-Za-z0-9_-]{22}$/);
        for (const key of Object.values(names.ofDevice(tag))) {
          expect(key).toMatch(keyAlphabet);
          expect(key.split('{')).toHaveLength(2);
          expect(key).toContain(`{${tag}}`);
        }
      }),
    );
  });
});

describe('the names of what devices share', () => {
  const { shared } = vectors;
  const names = createKeyNames({ ...shared, nameSecret: shared.secret });

  it('are frozen', () => {
    expect(names.ofStatement(shared.fingerprint)).toBe(shared.statement);
    expect(names.ofAddress(shared.address)).toBe(shared.addressKey);
    expect(names.meta).toBe(shared.meta);
    expect(names.formerMeta).toBe(shared.formerMeta);
    expect(secretId(shared.secret)).toBe(shared.nameKeyId);
  });

  it('show neither address nor statement, and fit into every cache whatever these hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (subject) => {
        expect(names.ofStatement(subject)).toMatch(keyAlphabet);
        expect(names.ofAddress(subject)).toMatch(keyAlphabet);
      }),
    );
    expect(names.ofAddress('203.0.113.7')).not.toContain('203.0.113.7');
  });

  it('fit into every cache, each its own, where they are of refused pairs and of their replacement', () => {
    const { incident, probe, fleet, allowance } = names;
    const tag = names.deviceTag(Buffer.from('a'));
    const keys = [
      names.ofRefused(0),
      names.ofRefused(15),
      names.ofPlace(0),
      names.ofPlace(15),
      names.ofChanges(tag),
      incident,
      probe,
      fleet,
      allowance,
    ];
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) {
      expect(key).toMatch(keyAlphabet);
      expect(key.startsWith(names.devices)).toBe(false);
    }
  });

  it('differ between an address and a statement that read the same', () => {
    const hashOf = (key: string): string | undefined => key.split(':').at(-1);
    expect(hashOf(names.ofAddress('same'))).not.toBe(hashOf(names.ofStatement('same')));
  });
});

describe('a key space', () => {
  it.each(['', 'a:b', 'a{b', 'a}b', 'a b', 'ä', 'a\n', 'x'.repeat(41)])(
    'is refused for the application %j',
    (application) => {
      const create = (): unknown => createKeyNames({ environment: 'local', application, nameSecret: secret });
      expect(create).toThrow(
        expect.objectContaining({
          code: 'option_invalid',
          message: expect.stringContaining('application must be 1 to 40 of A-Z a-z 0-9 _ . -') as string,
        }),
      );
    },
  );

  it('is named by two letters for each environment, of which no two are the same', () => {
    const letters = environments.map((environment) => {
      const { meta } = createKeyNames({ environment, application: 'web', nameSecret: secret });
      return /^pass-dcr:([a-z]{2}):web:meta$/.exec(meta)?.[1];
    });
    expect(new Set(letters)).toEqual(new Set(['rp', 'rs', 'pp', 'ps', 'lo']));
  });

  it.each(['', 'rp', 'a:b', 'release', '__proto__'])('is refused for the environment %j', (environment) => {
    const create = (): unknown => createKeyNames({ environment, application: 'web', nameSecret: secret });
    expect(create).toThrow(
      expect.objectContaining({
        code: 'option_invalid',
        message: expect.stringMatching(
          /^environment must be one of release-production, .* received "/,
        ) as string,
      }),
    );
  });
});
