import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

const hkdfSalt = 'pass-dcr/1';

/**
 * What one secret of the list is turned into. Key objects, not bytes: they print as `KeyObject {}`, so no log of
 * anything that holds them shows a secret.
 */
export interface SecretKeys {
  /** Names the secret in what it sealed; it tells nothing about the secret. */
  readonly id: string;
  /** Turns device identifiers into names. */
  readonly nameKey: KeyObject;
  /** The key of the record that stands at `keyName`, so that no key ever seals more than one record's history. */
  recordKey(keyName: string): KeyObject;
}

/**
 * HKDF-SHA256 (RFC 5869) over the secret, with one label for each use. The extract step is done once; an expansion to
 * 32 bytes is then a single HMAC, ten times as fast as `hkdfSync` and byte for byte the same.
 */
export function deriveSecretKeys(secret: string): SecretKeys {
  const pseudoRandomKey = createSecretKey(createHmac('sha256', hkdfSalt).update(secret, 'utf8').digest());
  const expand = (info: string): Buffer =>
    createHmac('sha256', pseudoRandomKey).update(info, 'utf8').update(Uint8Array.of(1)).digest();
  return {
    id: expand('key id').subarray(0, 6).toString('base64url'),
    nameKey: createSecretKey(expand('names')),
    recordKey: (keyName) => createSecretKey(expand(`sealing|${keyName}`)),
  };
}

/** The identifier of a secret: what `createKeySpace` takes as `nameKeyId`. */
export function secretId(secret: string): string {
  return deriveSecretKeys(secret).id;
}
