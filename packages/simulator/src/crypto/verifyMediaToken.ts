import { createPublicKey, verify, type KeyObject } from 'node:crypto';

import { resolveSigningKey } from './signingKey.js';

/** As Adobe's own verifier names them. */
export type SimulatedMediaTokenStatus =
  'VALID_TOKEN' | 'INVALID_TOKEN_FORMAT' | 'INVALID_SIGNATURE' | 'TOKEN_EXPIRED' | 'INVALID_RESOURCE_ID';

export interface SimulatedVerifierOptions {
  /** PEM of the simulator's public key. Default: that of the development key. */
  readonly publicKey?: string;
  /** Epoch milliseconds, such as `simulator.clock.now`. Default: the system's. */
  readonly now?: () => number;
}

export interface SimulatedMediaTokenVerifier {
  verify(question: {
    readonly serializedToken: string;
    /** Left out: only whether it is genuine, and not over. */
    readonly resource?: string;
  }): Promise<SimulatedMediaTokenStatus>;
}

/**
 * Verifies the media tokens of a simulator, and of nobody else: they are signed by a test key, in a form of our own. It does
 * not believe a token of Adobe's, and knows nothing of how those are made. For tests of what stands before your streams.
 */
export function simulatedMediaTokenVerifier({
  publicKey,
  now = Date.now,
}: SimulatedVerifierOptions = {}): SimulatedMediaTokenVerifier {
  const key =
    publicKey === undefined ? resolveSigningKey('development').publicKey : createPublicKey(publicKey);
  return {
    async verify({ serializedToken, resource }) {
      return judge(serializedToken, resource, key, now());
    },
  };
}

function judge(
  serializedToken: string,
  resource: string | undefined,
  key: KeyObject,
  now: number,
): SimulatedMediaTokenStatus {
  const text = Buffer.from(serializedToken, 'base64').toString();
  const match =
    /^<signatureInfo>([^<]+)<\/signatureInfo>(<shortAuthorizationToken>.*<\/shortAuthorizationToken>)$/s.exec(
      text,
    );
  if (match === null) return 'INVALID_TOKEN_FORMAT';
  const [, signature = '', token = ''] = match;
  if (!verify('sha256', Buffer.from(token), key, Buffer.from(signature, 'base64')))
    return 'INVALID_SIGNATURE';
  const issuedAt = Date.parse(
    `${element(token, 'issueTime').slice(0, 19).replaceAll('/', '-').replace(' ', 'T')}Z`,
  );
  const lifeMs = Number(element(token, 'ttl'));
  if (!Number.isFinite(issuedAt + lifeMs)) return 'INVALID_TOKEN_FORMAT';
  // Its time is written in whole seconds.
  if (now >= issuedAt + 1_000 + lifeMs) return 'TOKEN_EXPIRED';
  const isOther = resource !== undefined && element(token, 'resourceID') !== resource;
  return isOther ? 'INVALID_RESOURCE_ID' : 'VALID_TOKEN';
}

function element(token: string, name: string): string {
  const value = new RegExp(`<${name}>([^<]*)</${name}>`).exec(token)?.[1] ?? '';
  return value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
