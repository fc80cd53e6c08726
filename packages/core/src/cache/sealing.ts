import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PassError } from '../errors.js';
import { deriveSecretKeys, type SecretKeys } from './secretKeys.js';

/*
 * A sealed record: `e2.`, two characters that name the secret, and base64url of the IV, the ciphertext and the
 * authentication tag. `e` and a number, up to the first dot, is what every version looks at first.
 */
const envelopeVersion = 'e2';
const keyIdLength = 2;
const algorithm = 'aes-256-gcm';
const ivLength = 12;
const authTagLength = 16;

/**
 * Why a record does not open: `'secret'` no secret of the list sealed it; `'format'` another version of this library
 * did; `'damaged'` anything else, such as a record that was copied from another key.
 */
export type UnreadableReason = 'secret' | 'damaged' | 'format';

export type OpenResult =
  | {
      readonly ok: true;
      readonly plaintext: Uint8Array;
      /** An older secret than the first of the list sealed it. */
      readonly isOutdated: boolean;
    }
  | { readonly ok: false; readonly reason: UnreadableReason };

/** Encrypts records so that they open only under their own key name and with a secret of the list. */
export interface Sealer {
  /** ASCII text: four characters for every three bytes of `plaintext`, and 43 more. */
  seal(keyName: string, plaintext: Uint8Array): string;
  /** Never throws: whatever a cache holds is an answer. */
  open(keyName: string, sealed: string): OpenResult;
}

/**
 * Secrets that are in the list so that this process opens what others seal with them already: in `[old, new, old]`, those
 * between the two places of the first. The others after the first are older ones.
 */
export function comingSecrets(secrets: readonly string[]): readonly string[] {
  return secrets.slice(1, Math.max(1, secrets.lastIndexOf(secrets[0] ?? '')));
}

/** The first secret seals, every secret opens. The secrets are out of reach of `inspect` and `JSON.stringify`. */
export function createSealer(secrets: readonly string[]): Sealer {
  // Random IVs are safe because each record has a key of its own, which seals a few messages a day.
  return createSealerWith(secrets, () => randomBytes(ivLength));
}

/** @internal `createSealer` with chosen initialisation vectors. An IV that repeats under one key breaks the seal. */
export function createSealerWith(secrets: readonly string[], nextIv: () => Uint8Array): Sealer {
  const allKeys = secrets.map(deriveSecretKeys);
  const sealing = allKeys[0];
  if (sealing === undefined) {
    throw new PassError(
      'option_invalid',
      'secret must be a string or a list of at least one string, received an empty list',
    );
  }
  const coming = comingSecrets(secrets).length;
  const current = new Set(allKeys.slice(0, coming + 1).map(({ id }) => id));
  return {
    seal(keyName, plaintext) {
      const iv = nextIv();
      const cipher = createCipheriv(algorithm, sealing.recordKey(keyName), iv, { authTagLength });
      cipher.setAAD(associatedData(keyIdOf(sealing), keyName));
      const body = Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
      return `${envelopeVersion}.${keyIdOf(sealing)}${body.toString('base64url')}`;
    },
    open(keyName, sealed) {
      const envelope = parseEnvelope(sealed);
      if (typeof envelope === 'string') return { ok: false, reason: envelope };
      // So short a name may be that of two secrets of the list.
      const named = allKeys.filter((keys) => keyIdOf(keys) === envelope.keyId);
      for (const keys of named) {
        const plaintext = decrypt(keys, keyName, envelope.body);
        if (plaintext !== null) return { ok: true, plaintext, isOutdated: !current.has(keys.id) };
      }
      return { ok: false, reason: named.length === 0 ? 'secret' : 'damaged' };
    },
  };
}

function keyIdOf({ id }: SecretKeys): string {
  return id.slice(0, keyIdLength);
}

interface Envelope {
  readonly keyId: string;
  readonly body: Buffer;
}

function parseEnvelope(sealed: string): Envelope | 'damaged' | 'format' {
  const version = /^e([1-9][0-9]*)\./.exec(sealed)?.[0];
  if (version === undefined) return 'damaged';
  if (version !== `${envelopeVersion}.`) return 'format';
  const [, keyId, encoded] = /^e2\.([A-Za-z0-9_-]{2})([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
  if (keyId === undefined || encoded === undefined) return 'damaged';
  const body = Buffer.from(encoded, 'base64url');
  // The last character may carry bits that decoding drops: one record, one spelling.
  if (body.toString('base64url') !== encoded) return 'damaged';
  return { keyId, body };
}

function decrypt(keys: SecretKeys, keyName: string, body: Buffer): Uint8Array | null {
  if (body.length < ivLength + authTagLength) return null;
  const iv = body.subarray(0, ivLength);
  const decipher = createDecipheriv(algorithm, keys.recordKey(keyName), iv, { authTagLength });
  decipher.setAAD(associatedData(keyIdOf(keys), keyName));
  decipher.setAuthTag(body.subarray(-authTagLength));
  try {
    const opened = [decipher.update(body.subarray(ivLength, -authTagLength)), decipher.final()];
    return Buffer.concat(opened);
  } catch {
    // The only thing that can fail here is the authentication.
    return null;
  }
}

/** Ties a record to its envelope version, its secret and its place: a copy of it opens nowhere else. */
function associatedData(keyId: string, keyName: string): Buffer {
  return Buffer.from(`${envelopeVersion}|${keyId}|${keyName}`, 'utf8');
}
