import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { PassError } from '../errors.js';
import { deriveSecretKeys, type SecretKeys } from './secretKeys.js';

const envelopeVersion = 'e1';
const algorithm = 'aes-256-gcm';
const ivLength = 12;
const authTagLength = 16;

/**
 * Why a record does not open: `'secret'` no secret of the list sealed it; `'format'` a newer version of this library
 * did; `'damaged'` anything else, such as a record that was copied from another key.
 */
export type UnreadableReason = 'secret' | 'damaged' | 'format';

export type OpenResult =
  | {
      readonly ok: true;
      readonly plaintext: string;
      /** An older secret than the first of the list sealed it. */
      readonly isOutdated: boolean;
    }
  | { readonly ok: false; readonly reason: UnreadableReason };

/** Encrypts records so that they open only under their own key name and with a secret of the list. */
export interface Sealer {
  /** ASCII text: four characters for every three bytes of `plaintext`, and 50 more. */
  seal(keyName: string, plaintext: string): string;
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
      cipher.setAAD(associatedData(sealing.id, keyName));
      const body = Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
      return `${envelopeVersion}.${sealing.id}.${body.toString('base64url')}`;
    },
    open(keyName, sealed) {
      const envelope = parseEnvelope(sealed);
      if (typeof envelope === 'string') return { ok: false, reason: envelope };
      const keys = allKeys.find(({ id }) => id === envelope.keyId);
      if (keys === undefined) return { ok: false, reason: 'secret' };
      const plaintext = decrypt(keys, keyName, envelope.body);
      return plaintext === null
        ? { ok: false, reason: 'damaged' }
        : { ok: true, plaintext, isOutdated: !current.has(keys.id) };
    },
  };
}

interface Envelope {
  readonly keyId: string;
  readonly body: Buffer;
}

function parseEnvelope(sealed: string): Envelope | 'damaged' | 'format' {
  const version = /^e([1-9][0-9]*)\./.exec(sealed)?.[0];
  if (version === undefined) return 'damaged';
  if (version !== `${envelopeVersion}.`) return 'format';
  const [, keyId, encoded] = /^e1\.([A-Za-z0-9_-]{8})\.([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
  if (keyId === undefined || encoded === undefined) return 'damaged';
  const body = Buffer.from(encoded, 'base64url');
  // The last character may carry bits that decoding drops: one record, one spelling.
  if (body.toString('base64url') !== encoded) return 'damaged';
  return { keyId, body };
}

function decrypt(keys: SecretKeys, keyName: string, body: Buffer): string | null {
  if (body.length < ivLength + authTagLength) return null;
  const iv = body.subarray(0, ivLength);
  const decipher = createDecipheriv(algorithm, keys.recordKey(keyName), iv, { authTagLength });
  decipher.setAAD(associatedData(keys.id, keyName));
  decipher.setAuthTag(body.subarray(-authTagLength));
  try {
    const opened = [decipher.update(body.subarray(ivLength, -authTagLength)), decipher.final()];
    return Buffer.concat(opened).toString('utf8');
  } catch {
    // The only thing that can fail here is the authentication.
    return null;
  }
}

/** Ties a record to its envelope version, its secret and its place: a copy of it opens nowhere else. */
function associatedData(keyId: string, keyName: string): Buffer {
  return Buffer.from(`${envelopeVersion}|${keyId}|${keyName}`, 'utf8');
}
